import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { isAwsError, type AwsError } from '../../../../src/aws/sdk/aws-error.ts';
import { awaitTarget } from '../../../../src/cli/target/ready/await-target.ts';
import type { LocalNode } from '../../../local-aws/local-aws.ts';
import { createIam } from '../../../local-aws/iam/iam.ts';
import { parsePolicy } from '../../../local-aws/iam/policy.ts';
import { LOCAL_IDENTITY } from '../../../local-aws/api/credentials/sts-api.ts';
import {
  startReadyContext,
  type ReadyChoices,
  type ReadyContext,
} from './support/ready-context.ts';

const ID = 'i-00000000000000001';
const TARGET = { id: ID, title: `web (${ID})` };
/** It runs for one round without its agent: the first answer of EC2 after a step may be the state before it. */
const STOPPED: LocalNode = {
  id: ID,
  nameTag: 'web',
  instanceState: 'stopped',
  pingStatus: 'ConnectionLost',
  boot: [
    {},
    { instanceState: 'running' },
    {},
    { pingStatus: 'Online', connected: false },
    { connected: true },
  ],
};

async function failureOf(t: Promise<unknown>): Promise<AwsError> {
  try {
    await t;
  } catch (error) {
    assert.ok(isAwsError(error), String(error));
    return error;
  }
  throw new Error('it did not fail');
}

function allowing(...actions: readonly string[]) {
  const iam = createIam(LOCAL_IDENTITY);
  iam.attach([
    parsePolicy(
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
      }),
    ),
  ]);
  return iam;
}

function start(t: TestContext, node: LocalNode, choices?: ReadyChoices): Promise<ReadyContext> {
  return startReadyContext(t, { nodes: [node] }, choices);
}

describe('waiting for a target', () => {
  it('asks nothing of EC2 when its agent is connected', async (t) => {
    const { aws, context, waits } = await start(t, { id: ID });
    await awaitTarget(context, TARGET);
    assert.deepEqual(
      aws.apiCalls.map(({ operation }) => operation),
      ['GetConnectionStatus'],
    );
    assert.deepEqual(aws.ec2Calls, []);
    assert.deepEqual(waits, []);
  });

  it('starts a stopped instance, and shows what it lacks until sessions start', async (t) => {
    const ready = await start(t, STOPPED, { starts: true });
    await awaitTarget(ready.context, TARGET);
    assert.deepEqual(ready.waits, [
      'the instance to start',
      'the SSM Agent to connect',
      'sessions to start',
    ]);
    assert.deepEqual(ready.notices, [`Starting the instance ${TARGET.title}.`]);
    assert.equal(ready.openReports(), 0);
    assert.equal(ready.aws.ec2Calls.filter((call) => call === 'StartInstances').length, 1);
  });

  it('starts nothing without --start, and reports once that it is stopped', async (t) => {
    const { aws, context, waits, notices } = await start(t, STOPPED, {
      onPause(nth, local) {
        if (nth === 2) local.changeNode(ID, { instanceState: 'running', connected: true });
      },
    });
    await awaitTarget(context, TARGET);
    assert.deepEqual(waits, ['the stopped instance']);
    assert.deepEqual(notices, [`${TARGET.title} is stopped. To start it, add --start.`]);
    assert.ok(!aws.ec2Calls.includes('StartInstances'));
  });

  it('lets an instance stop before it starts it, although the gateway still has its agent', async (t) => {
    const stopping: LocalNode = { ...STOPPED, instanceState: 'stopping', connected: true };
    const { context, waits } = await start(t, stopping, {
      starts: true,
      onPause(nth, local) {
        if (nth === 2) local.changeNode(ID, { instanceState: 'stopped', connected: false });
      },
    });
    await awaitTarget(context, TARGET);
    assert.deepEqual(waits.slice(0, 2), ['the instance to stop', 'the instance to start']);
  });

  it('goes on when EC2 refuses a start because the instance is still stopping', async (t) => {
    const { aws, context } = await start(t, STOPPED, { starts: true });
    const message = `The instance '${ID}' is not in a state from which it can be started.`;
    aws.refuse('StartInstances', {
      status: 400,
      type: 'IncorrectInstanceState',
      message,
      times: 1,
    });
    await awaitTarget(context, TARGET);
    assert.equal(aws.ec2Calls.filter((call) => call === 'StartInstances').length, 2);
  });

  it('fails at once for a terminated instance', async (t) => {
    const { context } = await start(t, { ...STOPPED, instanceState: 'terminated' });
    assert.equal((await failureOf(awaitTarget(context, TARGET))).code, 'target-terminated');
  });

  it('fails with the reason of EC2 when the instance stops again', async (t) => {
    const stateReason = 'Client.InternalError: Client error on launch';
    const { context } = await start(
      t,
      { ...STOPPED, boot: [{}, { instanceState: 'stopped', stateReason }] },
      { starts: true },
    );
    const failure = await failureOf(awaitTarget(context, TARGET));
    assert.equal(failure.code, 'target-stopped-again');
    assert.match(
      failure.message,
      /has stopped again \(Client\.InternalError: Client error on launch\)/,
    );
  });

  it('fails after a moment for an instance that EC2 does not know', async (t) => {
    const { context, waits } = await start(t, { id: 'i-00000000000000009' });
    const failure = await failureOf(awaitTarget(context, TARGET));
    assert.equal(failure.code, 'target-not-in-region');
    assert.deepEqual(waits, ['EC2 to know the instance']);
  });

  it('cannot start a machine of another kind', async (t) => {
    const id = 'mi-00000000000000003';
    const printer: LocalNode = { id, pingStatus: 'ConnectionLost' };
    const { context, aws } = await start(t, printer, { starts: true });
    const failure = await failureOf(awaitTarget(context, { id, title: id }));
    assert.equal(failure.code, 'target-not-startable');
    assert.deepEqual(aws.ec2Calls, []);
  });

  it('needs no --start for a machine of another kind that is connected', async (t) => {
    const id = 'mi-00000000000000003';
    const { context } = await start(t, { id }, { starts: true });
    await awaitTarget(context, { id, title: id });
  });

  for (const [lacking, node, pattern] of [
    ['a start', STOPPED, /: the instance is stopped\. To start it, add --start\.$/],
    [
      'the end of its start',
      { ...STOPPED, instanceState: 'pending', boot: [] },
      /: the instance is still starting\. To wait longer, pass --wait=2m\.$/,
    ],
    [
      'its agent',
      { ...STOPPED, instanceState: 'running', boot: [] },
      /: its SSM Agent has not connected to Systems Manager\. To find out why, run `session-manager-plugin doctor i-0+1`\. To wait longer, pass --wait=2m\.$/,
    ],
    [
      'sessions',
      { id: ID, pingStatus: 'Online', connected: false },
      /: its SSM Agent is online, but sessions do not start yet\./,
    ],
  ] as const) {
    it(`reports at the end of the time that the target lacks ${lacking}`, async (t) => {
      const { context, openReports } = await start(t, node);
      const failure = await failureOf(awaitTarget(context, TARGET));
      assert.equal(failure.code, 'target-not-ready');
      assert.equal(failure.reason, 'target-not-connected');
      assert.match(failure.message, /^web \(i-0+1\) is not ready after 1 min: /);
      assert.match(failure.message, pattern);
      assert.equal(openReports(), 0);
    });
  }

  it('reports that the user may not start the instance', async (t) => {
    const iam = allowing('ssm:*', 'ec2:DescribeInstances');
    const { context } = await startReadyContext(t, { nodes: [STOPPED], iam }, { starts: true });
    const failure = await failureOf(awaitTarget(context, TARGET));
    assert.equal(failure.code, 'access-denied');
    assert.match(failure.message, /^Cannot start the instance i-0+1: .*ec2:StartInstances/);
  });

  it('reports that the user may not read the state of an instance that is to be started', async (t) => {
    const iam = allowing('ssm:*', 'ec2:StartInstances');
    const { context } = await startReadyContext(t, { nodes: [STOPPED], iam }, { starts: true });
    const failure = await failureOf(awaitTarget(context, TARGET));
    assert.equal(failure.code, 'access-denied');
    assert.match(failure.message, /^Cannot read the state of the instance i-0+1: /);
  });

  it('waits for the agent without the permission to ask EC2, which it asks once', async (t) => {
    const iam = allowing('ssm:*');
    const { aws, context, waits } = await startReadyContext(t, {
      nodes: [{ ...STOPPED, instanceState: 'running' }],
      iam,
    });
    await awaitTarget(context, TARGET);
    assert.deepEqual(waits, ['the SSM Agent to connect', 'sessions to start']);
    assert.deepEqual(aws.ec2Calls, ['DescribeInstances']);
  });

  it('leaves the answer to StartSession when the user may ask nothing', async (t) => {
    const iam = allowing('ssm:StartSession');
    const { aws, context } = await startReadyContext(t, {
      nodes: [{ ...STOPPED, instanceState: 'running' }],
      iam,
    });
    await awaitTarget(context, TARGET);
    assert.ok(!aws.apiCalls.some(({ operation }) => operation === 'StartSession'));
  });

  it('goes on when AWS fails for a moment in between', async (t) => {
    const { context } = await start(t, STOPPED, {
      starts: true,
      onPause(nth, local) {
        const failed = { status: 500, type: 'InternalServerError', message: '' };
        if (nth === 2) local.refuse('GetConnectionStatus', failed);
        if (nth === 3) local.refuse('GetConnectionStatus', undefined);
      },
    });
    await awaitTarget(context, TARGET);
  });

  it('asks nothing more after a signal', async (t) => {
    const { aws, context, interrupt } = await start(t, STOPPED, {
      onPause: () => interrupt(),
    });
    let hasEnded = false;
    void awaitTarget(context, TARGET).then(() => {
      hasEnded = true;
    });
    await new Promise<void>((resolve) =>
      context.interrupted.addEventListener('abort', () => resolve()),
    );
    const calls = aws.apiCalls.length;
    await setImmediate();
    await setImmediate();
    assert.equal(aws.apiCalls.length, calls);
    assert.equal(hasEnded, false);
  });
});
