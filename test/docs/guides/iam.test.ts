import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePolicy, type Policy } from '../../local-aws/iam/policy.ts';
import { needs } from '../../support/require-tools.ts';
import { AWS, CURL, OPENSSL, SSH } from '../../support/tools.ts';
import { codeSpans, readDocument, sectionOf, tableRows } from '../support/markdown.ts';
import { useWith, type Outcome, type Permissions, type Use } from '../support/permissions.ts';
import { SUBJECTS, type Subject } from '../support/iam/subjects.ts';
import { completion, readsPassword, SCRIPT_NAMES, sshWithoutKeys } from '../support/iam/uses.ts';

const GUIDE = 'docs/iam.md';
/** Its policy is AWS's: the double of the agent calls no API. */
const OF_THE_AGENT = 'The node';
/** The store of the tests checks no policies: test/commands/cp/s3/ shows which requests there are. */
const OF_THE_STORE = 'Copies through S3';
/** Databases check it, of which the tests have none of AWS. */
const OF_DATABASES = 'Tokens for databases';
/** What finds out whether access can be requested, when a session was refused. */
const AFTER_REFUSAL: ReadonlySet<string> = new Set(['ssm:DescribeOpsItems', 'ssm:ListDocuments']);
const NO_ACTIONS: ReadonlySet<string> = new Set();
/** Actions of the role of the node. */
const NODE_ACTIONS: ReadonlySet<string> = new Set(['kms:Decrypt']);

describe(GUIDE, () => {
  it('has a policy of the node, and one of each subject', () => {
    const withPolicy = readDocument(GUIDE).sections.filter(({ blocks }) => blocks.length > 0);
    const headings = withPolicy.map(({ heading }) => heading);
    assert.deepEqual(
      headings.filter((heading) => heading !== OF_THE_STORE && heading !== OF_DATABASES),
      [OF_THE_AGENT, ...SUBJECTS.map(({ heading }) => heading)],
    );
    for (const heading of [OF_THE_AGENT, OF_THE_STORE, OF_DATABASES]) {
      assert.deepEqual(actionsOf(policiesOf(heading)), actionsOfTable(heading));
    }
  });

  for (const subject of SUBJECTS) {
    describe(subject.heading, () => testSubject(subject));
  }
});

function testSubject({ heading, with: base = [], checks, refused = [] }: Subject): void {
  const policies = [base, heading].flat().flatMap(policiesOf);
  const permissions = permissionsOf(policies);

  it('explains each action of its policies, and shows what each is for', () => {
    const actions = actionsOf(policiesOf(heading));
    assert.deepEqual(actionsOfTable(heading), actions);
    assert.deepEqual([...new Set(checks.map(({ action }) => action))].sort(), actions);
  });

  const uses = new Map(checks.map((check) => [nameOf(check.use), check.use]));
  for (const [name, one] of uses) {
    it(`${name}: works with exactly these policies`, needs(...toolsOf(one)), async (t) => {
      const outcome = await useWith(t, permissions, one);
      assert.deepEqual(outcome.refused, [], report(outcome));
      assert.equal(outcome.open, false, report(outcome));
      if (one.disturbance === undefined) assert.equal(outcome.status, 0, report(outcome));
      if (one.disturbance === 'cut') assert.ok(outcome.resumed, report(outcome));
      if (one === completion) assert.match(outcome.stdout, /^AWS-StartSSHSession\t/m);
    });
  }

  for (const { action, use: one, without } of checks) {
    const title = `${nameOf(one)}: ${without.replaceAll('-', ' ')} without ${action}`;
    it(title, needs(...toolsOf(one)), async (t) => {
      const outcome = await useWith(t, permissionsOf(policies, action), one);
      const further = action === 'ssm:StartSession' ? AFTER_REFUSAL : NO_ACTIONS;
      const others = outcome.refused.filter((one) => !further.has(one));
      assert.deepEqual(others, [action], report(outcome));
      switch (without) {
        case 'fails':
          assert.notEqual(outcome.status, 0, report(outcome));
          break;
        case 'degrades':
          assert.notEqual(outcome.stdout, '', report(outcome));
          break;
        case 'offers-nothing':
          assert.deepEqual([outcome.status, outcome.stdout], [0, ''], report(outcome));
          break;
        case 'is-not-resumed':
          assert.notEqual(outcome.status, 0, report(outcome));
          assert.equal(outcome.resumed, false, report(outcome));
          break;
        case 'stays-open':
          assert.ok(outcome.open, report(outcome));
      }
    });
  }

  for (const one of refused) {
    it(`${nameOf(one)}: is refused`, async (t) => {
      const outcome = await useWith(t, permissions, one);
      assert.ok(outcome.refused.includes('ssm:StartSession'), report(outcome));
      assert.notEqual(outcome.status, 0, report(outcome));
    });
  }
}

/** The policies of a section. */
function policiesOf(heading: string): readonly Policy[] {
  return sectionOf(readDocument(GUIDE), heading).blocks.map(({ text }) => parsePolicy(text));
}

/** Gives each policy to whom it is for. @param without - an action that is removed everywhere */
function permissionsOf(policies: readonly Policy[], without?: string): Permissions {
  const left = policies.map(({ statements }) => ({
    statements: statements.map((statement) => ({
      ...statement,
      actions: statement.actions.filter((action) => action !== without),
    })),
  }));
  const isOfNode = (_: Policy, i: number): boolean =>
    actionsOf(policies.slice(i, i + 1)).every((action) => NODE_ACTIONS.has(action));
  const node = left.filter(isOfNode);
  const user = left.filter((policy, i) => !isOfNode(policy, i));
  return { user, ...(node.length === 0 ? {} : { node }) };
}

function actionsOf(policies: readonly Policy[]): readonly string[] {
  const actions = policies.flatMap(({ statements }) => statements.flatMap((one) => one.actions));
  return [...new Set(actions)].sort();
}

function actionsOfTable(heading: string): readonly string[] {
  const rows = tableRows(sectionOf(readDocument(GUIDE), heading));
  for (const [, who] of rows) assert.match(who ?? '', /^(?:user|node)$/);
  return rows.flatMap(([cell = '']) => codeSpans(cell)).sort();
}

function toolsOf({ command }: Use): (typeof AWS)[] {
  if (command.includes('curl')) return [CURL];
  if (command === readsPassword.command) return [OPENSSL];
  if (command === sshWithoutKeys.command) return [SSH];
  // The doctor looks for the AWS CLI.
  return command[0] === 'aws' || command.includes('doctor') ? [AWS] : [];
}

function nameOf({ command, disturbance, encrypted }: Use): string {
  const words = SCRIPT_NAMES.get(command) ?? command;
  const marks = [disturbance, encrypted === true ? 'encrypted' : undefined];
  const named = marks.filter((mark) => mark !== undefined).join(', ');
  return `${words.join(' ')}${named === '' ? '' : ` (${named})`}`;
}

function report({ status, stdout, stderr, refused }: Outcome): string {
  return JSON.stringify({ status, stdout, stderr, refused });
}
