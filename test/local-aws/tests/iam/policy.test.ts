import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LOCAL_IDENTITY } from '../../api/credentials/sts-api.ts';
import { createIam } from '../../iam/iam.ts';
import { decide, parsePolicy, PolicyError, type Access, type Policy } from '../../iam/policy.ts';

const INSTANCE = 'arn:aws:ec2:us-east-1:123456789012:instance/i-1';

function policy(...statements: readonly object[]): Policy {
  return parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
}

function allow(members: object): Policy {
  return policy({ Effect: 'Allow', Action: 'ssm:StartSession', Resource: '*', ...members });
}

const access: Access = { action: 'ssm:StartSession', resource: INSTANCE, context: {} };

/** By the rules of the IAM user guide: "Policy evaluation logic", "Condition operators", "Policy variables". */
describe('a policy', () => {
  it('allows only what a statement allows', () => {
    assert.equal(decide([], access), 'not-allowed');
    assert.equal(decide([allow({})], access), 'allowed');
    assert.equal(decide([allow({ Action: 'ssm:Terminate*' })], access), 'not-allowed');
  });

  it('compares actions with wildcards and without case', () => {
    for (const Action of [
      '*',
      'ssm:*',
      'SSM:startsession',
      'ssm:Start?ession',
      ['a:B', 'ssm:S*'],
    ]) {
      assert.equal(decide([allow({ Action })], access), 'allowed', String(Action));
    }
    assert.equal(decide([allow({ Action: 'ssm.StartSession' })], access), 'not-allowed');
  });

  it('compares resources with wildcards and case', () => {
    const other = [`${INSTANCE}0`, INSTANCE.toUpperCase(), 'arn:aws:ec2:*:*:instance/i-2*'];
    assert.equal(decide([allow({ Resource: other })], access), 'not-allowed');
    assert.equal(decide([allow({ Resource: [...other, 'arn:*/i-?'] })], access), 'allowed');
  });

  it('denies first, wherever the statement is', () => {
    const deny = policy({ Effect: 'Deny', Action: 'ssm:*', Resource: INSTANCE });
    assert.equal(decide([allow({}), deny], access), 'denied');
    assert.equal(decide([deny, allow({})], access), 'denied');
  });

  it('holds only with all of its conditions, each with one of its values', () => {
    const Condition = {
      StringEquals: { tag: ['a', 'b'] },
      StringLike: { name: 'web-*' },
      Bool: { checked: 'true' },
    };
    const decideWith = (context: Access['context']): string =>
      decide([allow({ Condition })], { ...access, context });
    assert.equal(decideWith({ tag: 'b', name: 'web-1', checked: 'True' }), 'allowed');
    assert.equal(decideWith({ tag: 'c', name: 'web-1', checked: 'true' }), 'not-allowed');
    assert.equal(decideWith({ tag: 'b', name: 'db-1', checked: 'true' }), 'not-allowed');
    assert.equal(decideWith({ tag: 'b', name: 'web-1', checked: 'false' }), 'not-allowed');
    assert.equal(decideWith({ tag: 'b', name: 'web-1' }), 'not-allowed');
  });

  it('accepts a missing key only with IfExists', () => {
    const Condition = { BoolIfExists: { checked: 'true' } };
    assert.equal(decide([allow({ Condition })], access), 'allowed');
    const context = { checked: 'false' };
    assert.equal(decide([allow({ Condition })], { ...access, context }), 'not-allowed');
  });

  it('replaces variables in resources and conditions', () => {
    const Condition = { StringLike: { owner: '${aws:userid}*' } };
    const own = allow({ Condition, Resource: 'arn:*/${kind}-1' });
    const context = { 'aws:userid': 'AIDA1', owner: 'AIDA1:me', kind: 'i' };
    assert.equal(decide([own], { ...access, context }), 'allowed');
    assert.equal(decide([own], { ...access, context: { ...context, kind: 'x' } }), 'not-allowed');
    assert.equal(
      decide([own], { ...access, context: { ...context, owner: 'AIDA2' } }),
      'not-allowed',
    );
    assert.equal(decide([allow({ Resource: '${nothing}*' })], access), 'not-allowed');
  });

  it('is refused if a part of it would not be evaluated', () => {
    for (const members of [
      { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } },
      { NotAction: 'ssm:*' },
      { Effect: 'allow' },
      { Action: 1 },
    ]) {
      assert.throws(() => allow(members), PolicyError, JSON.stringify(members));
    }
    assert.throws(() => parsePolicy('{"Version":"2008-10-17","Statement":[]}'), PolicyError);
  });
});

describe('the permissions of a caller', () => {
  const request = { action: 'ssm:StartSession', resource: INSTANCE };

  it('are everything until policies are attached', () => {
    const iam = createIam(LOCAL_IDENTITY);
    assert.equal(iam.refusal([request]), undefined);
    iam.attach([]);
    assert.equal(
      iam.refusal([request]),
      `User: arn:aws:iam::123456789012:user/local is not authorized to perform: ssm:StartSession on resource: ${INSTANCE} because no identity-based policy allows the ssm:StartSession action`,
    );
    assert.deepEqual(iam.refused, ['ssm:StartSession']);
  });

  it('include each resource of a request', () => {
    const iam = createIam(LOCAL_IDENTITY);
    iam.attach([allow({ Resource: INSTANCE })]);
    assert.equal(iam.refusal([request]), undefined);
    assert.match(iam.refusal([request, { ...request, resource: 'arn:x' }]) ?? '', /arn:x/);
  });

  it('know the caller', () => {
    const iam = createIam(LOCAL_IDENTITY);
    iam.attach([allow({ Resource: 'session/${aws:username}-${aws:userid}' })]);
    const resource = 'session/local-AIDACKCEVSQ6C2EXAMPLE';
    assert.equal(iam.refusal([{ ...request, resource }]), undefined);
  });
});
