import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePolicy, type Policy } from '../../local-aws/iam/policy.ts';
import { needs } from '../../support/require-tools.ts';
import { AWS, CURL, OPENSSL, SSH } from '../../support/tools.ts';
import { codeSpans, readDocument, sectionOf, tableRows } from '../support/markdown.ts';
import { useWith, type Outcome, type Permissions, type Use } from '../support/permissions.ts';

const GUIDE = 'docs/iam.md';
const WEB = 'i-0123456789abcdef0';
const BASTION = 'i-02468ace13579bdf0';
const MISSING = 'i-0fedcba9876543210';
const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:shop/app';
const PROGRAM = 'session-manager-plugin';

/** What one action of a policy is for, and what happens without it. */
interface Check {
  readonly action: string;
  readonly use: Use;
  /** `fails`: the command does. `degrades`: it still succeeds. */
  readonly without: 'fails' | 'degrades' | 'offers-nothing' | 'is-not-resumed' | 'stays-open';
}

/** A section of the guide. */
interface Subject {
  readonly heading: string;
  /** Sections whose policies the user has, too. */
  readonly with?: string | readonly string[];
  readonly checks: readonly Check[];
  /** What the policy must not allow. */
  readonly refused?: readonly Use[];
}

const shell = use(['shell', WEB], 'exit\n');
const shellWithAccess = use(['shell', WEB, '--request-access', '--reason', 'ticket 7'], 'exit\n');
const startedShell = { ...use(['shell', '--start', WEB], 'exit\n'), stopped: WEB };
const exec = use(['exec', WEB, '--', 'hostname']);
const cp = use(['cp', '-q', `${WEB}:/proc/version`, '-']);
const execWithInput = use(['exec', '-i', WEB, '--', 'cat'], 'input');
const execOnTerminal = use(['exec', '-t', WEB, '--', 'hostname']);
const forward = use(['forward', WEB, '0:80']);
const forwardBeyond = use(['forward', WEB, '0:db.internal:5432']);
const proxy = use(['proxy', WEB, '--exec', '--', 'curl', '-sf', 'http://web.internal/']);
const forwardDatabase = stopped(use(['db', 'shop', '--local-port', '0']));
const sshProxy = use(['ssh-proxy', WEB], 'SSH-2.0-client\n');
const sleep = use(['exec', WEB, '--', 'sleep 600']);
const ecsSleep = inEcs('sleep 600');
const execByName = use(['exec', 'ecs://shop/web', '--', 'hostname']);
const doctor = use(['doctor', WEB]);
const ecs = inEcs('hostname');
const completion = use(['__complete', '--', 'start-session', '--document-name']);
const endsSession: Use = {
  command: [
    ...(['bash', '-c'] as const),
    `coproc ${PROGRAM} shell ${WEB} --quiet; read -r -n 1 <&"\${COPROC[0]}"; ` +
      `${PROGRAM} sessions --terminate "$(${PROGRAM} sessions | cut -f1)"; result=$?; ` +
      'echo exit >&"${COPROC[1]}"; wait; exit $result',
  ],
};

const fleet = use(['exec', '--targets', WEB, '--', 'hostname; echo apart >&2']);
/** AWS finds nothing about this machine ({@link useWith}). */
const missingMachine = script(
  `${PROGRAM} exec --targets ${MISSING} -- hostname 2>&1 | grep 'AWS reports nothing about it'`,
);
/** The command makes a file when it runs; its end by SIGTERM has the status 143. */
const cancelsFleet = script(
  `file=$(mktemp -u); ${PROGRAM} exec --targets ${WEB} -- "touch $file; sleep 600" & ` +
    'until [ -e "$file" ]; do sleep 0.1; done; rm "$file"; kill $!; wait $!; [ $? = 143 ]',
);

/** The database of the account has no TLS. */
const readsSecret = script(
  'd=$(mktemp -d); echo "#!/bin/sh" > "$d/psql"; chmod +x "$d/psql"; ' +
    `PATH=$d:$PATH ${PROGRAM} db connect shop --secret ${SECRET} 2>&1 | grep 'offers no TLS'; ` +
    'result=$?; rm -r "$d"; exit $result',
);
/** The account has an instance without a password. */
const readsPassword = script(
  'd=$(mktemp -d); echo "#!/bin/sh" > "$d/xfreerdp"; chmod +x "$d/xfreerdp"; openssl genrsa -out "$d/key" 2048 2>/dev/null; ' +
    `PATH=$d:$PATH ${PROGRAM} rdp ${WEB} --key "$d/key" 2>&1 | grep 'EC2 has no password'; ` +
    'result=$?; rm -r "$d"; exit $result',
);
/** Its ssh only connects, and the target has a host key and EC2 Instance Connect, or a file for keys. */
const sshWithoutKeys: Use = {
  ...script(`\
d=$(mktemp -d)
cat >"$d/ssh" <<'END'
#!/bin/sh
for word; do case $word in -[VG]) exit ;; ProxyCommand=*) proxy=\${word#*=} ;; esac; done
echo SSH-2.0-client | sh -c "$(printf %s "$proxy" | sed 's/%p/22/;s/%%/%/g')"
END
chmod +x "$d/ssh"
XDG_RUNTIME_DIR=$d PATH=$d:$PATH ${PROGRAM} ssh ec2-user@${WEB}
result=$?
rm -r "$d"
exit $result`),
  targetPrograms: {
    id: 'echo 0',
    sleep: ':',
    sshd: [
      `echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMTd32L1IZUslL+dZC8yzjl5MLfniBZ8o+dN8ktLz8Sn' >"$0.pub"`,
      'echo "hostkey $0"',
      'echo "authorizedkeysfile ${0%/*}/keys"',
      'echo "authorizedkeyscommand /opt/aws/bin/eic_run_authorized_keys %u"',
    ].join('\n'),
  },
};
/** What scripts are for. */
const SCRIPT_NAMES: ReadonlyMap<Use['command'], readonly string[]> = new Map([
  [endsSession.command, ['sessions --terminate ID']],
  [missingMachine.command, ['exec on a machine that AWS does not find']],
  [readsSecret.command, ['db connect --secret']],
  [readsPassword.command, ['rdp --key']],
  [sshWithoutKeys.command, ['ssh']],
  [cancelsFleet.command, ['exec on many machines, which is terminated']],
]);

const SUBJECTS: readonly Subject[] = [
  {
    heading: 'Shells',
    checks: ofSession(shell),
    refused: [use(['shell', BASTION], 'exit\n'), exec],
  },
  {
    heading: 'Commands',
    checks: [
      ...ofSession(exec, sleep),
      { action: 'ssm:GetDocument', use: exec, without: 'degrades' },
      { action: 'ssm:DescribeInstanceInformation', use: exec, without: 'degrades' },
    ],
    refused: [use(['exec', BASTION, '--', 'hostname']), execWithInput, execOnTerminal],
  },
  {
    heading: 'Commands on many machines',
    checks: [
      { action: 'ssm:SendCommand', use: fleet, without: 'fails' },
      { action: 'ssm:DescribeInstanceInformation', use: fleet, without: 'fails' },
      { action: 'ec2:DescribeInstances', use: fleet, without: 'degrades' },
      { action: 'ssm:ListCommandInvocations', use: fleet, without: 'fails' },
      { action: 'ssm:GetCommandInvocation', use: fleet, without: 'degrades' },
      { action: 'ssm:ListCommands', use: missingMachine, without: 'fails' },
      { action: 'ssm:CancelCommand', use: cancelsFleet, without: 'fails' },
    ],
    refused: [exec],
  },
  {
    heading: 'Copies',
    checks: [
      ...ofSession(cp, sleep),
      { action: 'ssm:StartSession', use: execWithInput, without: 'fails' },
      { action: 'ssm:StartSession', use: execOnTerminal, without: 'fails' },
      { action: 'ssm:GetDocument', use: cp, without: 'degrades' },
      { action: 'ssm:DescribeInstanceInformation', use: cp, without: 'degrades' },
    ],
    refused: [use(['cp', '-q', `${BASTION}:/proc/version`, '-'])],
  },
  {
    heading: 'Forwarded ports without shells',
    checks: [
      ...ofSession(stopped(forward), forward),
      ...ofSession(stopped(forwardBeyond)),
      { action: 'ssm:StartSession', use: proxy, without: 'fails' },
    ],
    refused: [shell, exec, sshProxy],
  },
  {
    heading: 'SSH',
    checks: ofSession(sshProxy),
    refused: [shell, stopped(forward)],
  },
  {
    heading: 'SSH without keys',
    with: 'SSH',
    checks: [
      { action: 'ssm:StartSession', use: sshWithoutKeys, without: 'fails' },
      {
        ...{ action: 'ec2-instance-connect:SendSSHPublicKey', use: sshWithoutKeys },
        without: 'degrades',
      },
      { action: 'ssm:GetDocument', use: sshWithoutKeys, without: 'degrades' },
      { action: 'ssm:DescribeInstanceInformation', use: sshWithoutKeys, without: 'degrades' },
    ],
  },
  {
    heading: 'ECS containers',
    checks: [
      { action: 'ecs:ExecuteCommand', use: ecs, without: 'fails' },
      { action: 'ecs:DescribeTasks', use: ecs, without: 'fails' },
      ...ofSession(ecs, ecsSleep).filter(({ action }) => action !== 'ssm:StartSession'),
    ],
    refused: [use(['shell', 'ecs:shop_0123456789abcdef_0123456789abcdef-1234567890'], 'exit\n')],
  },
  {
    heading: 'Containers by their names',
    with: 'ECS containers',
    checks: [
      { action: 'ecs:ListTasks', use: execByName, without: 'fails' },
      { action: 'ecs:ListClusters', use: use(['targets', '--ecs', '--quiet']), without: 'fails' },
    ],
    refused: [use(['forward', 'ecs://shop/web', '0:80'])],
  },
  {
    heading: 'Just-in-time access',
    with: 'Shells',
    checks: [
      { action: 'ssm:StartAccessRequest', use: shellWithAccess, without: 'fails' },
      { action: 'ssm:GetAccessToken', use: shellWithAccess, without: 'fails' },
      { action: 'ssm:DescribeOpsItems', use: use(['access']), without: 'fails' },
    ],
  },
  {
    heading: 'Encrypted sessions',
    with: 'Shells',
    checks: [
      { action: 'kms:GenerateDataKey', use: { ...shell, encrypted: true }, without: 'fails' },
      { action: 'kms:Decrypt', use: { ...shell, encrypted: true }, without: 'fails' },
    ],
  },
  {
    heading: 'Lists',
    with: 'Shells',
    checks: [
      { action: 'ssm:DescribeInstanceInformation', use: use(['targets']), without: 'fails' },
      { action: 'ec2:DescribeInstances', use: use(['targets']), without: 'degrades' },
      { action: 'ssm:DescribeSessions', use: use(['sessions']), without: 'fails' },
      { action: 'ssm:ListDocuments', use: completion, without: 'offers-nothing' },
      { action: 'ssm:TerminateSession', use: endsSession, without: 'fails' },
    ],
  },
  {
    heading: 'Targets that are started',
    with: 'Shells',
    checks: [
      { action: 'ec2:StartInstances', use: startedShell, without: 'fails' },
      { action: 'ec2:DescribeInstances', use: startedShell, without: 'fails' },
      { action: 'ssm:GetConnectionStatus', use: startedShell, without: 'degrades' },
      { action: 'ssm:DescribeInstanceInformation', use: startedShell, without: 'degrades' },
    ],
    refused: [],
  },
  {
    heading: 'Databases',
    with: 'Forwarded ports without shells',
    checks: [
      { action: 'ec2:DescribeInstances', use: forwardDatabase, without: 'fails' },
      { action: 'ssm:DescribeInstanceInformation', use: forwardDatabase, without: 'fails' },
      ...[
        ...['rds:DescribeDBInstances', 'rds:DescribeDBClusters', 'redshift:DescribeClusters'],
        ...['es:ListDomainNames', 'es:DescribeDomains', 'ec2:DescribeSubnets'],
        ...['ReplicationGroups', 'CacheClusters', 'ServerlessCaches', 'CacheSubnetGroups'].map(
          (things) => `elasticache:Describe${things}`,
        ),
      ].map((action): Check => ({ action, use: use(['db', 'list']), without: 'degrades' })),
    ],
  },
  {
    heading: 'Secrets of databases',
    with: ['Forwarded ports without shells', 'Databases'],
    checks: [{ action: 'secretsmanager:GetSecretValue', use: readsSecret, without: 'fails' }],
  },
  {
    heading: 'Passwords of Windows instances',
    with: 'Forwarded ports without shells',
    checks: [{ action: 'ec2:GetPasswordData', use: readsPassword, without: 'fails' }],
  },
  {
    heading: 'The doctor',
    checks: [
      { action: 'ssm:StartSession', use: doctor, without: 'fails' },
      { action: 'ssm:TerminateSession', use: doctor, without: 'stays-open' },
      { action: 'ssm:DescribeInstanceInformation', use: doctor, without: 'degrades' },
      { action: 'ssm:GetConnectionStatus', use: doctor, without: 'degrades' },
      { action: 'ssm:GetDocument', use: doctor, without: 'degrades' },
    ],
  },
];
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

function use(args: readonly string[], input?: string): Use {
  return { command: [PROGRAM, ...args], ...(input === undefined ? {} : { input }) };
}

/** Commands for bash. */
function script(lines: string): Use {
  return { command: ['bash', '-c', lines] };
}

function inEcs(command: string): Use {
  const args = ['--cluster', 'shop', '--task', '0123456789abcdef', '--container', 'app'];
  return {
    command: ['aws', 'ecs', 'execute-command', ...args, '--interactive', '--command', command],
  };
}

function stopped(one: Use): Use {
  return { ...one, disturbance: 'stop' };
}

/** What each session needs. @param lasting - a use that lasts until it is terminated */
function ofSession(one: Use, lasting = one): readonly Check[] {
  return [
    { action: 'ssm:StartSession', use: one, without: 'fails' },
    { action: 'ssmmessages:OpenDataChannel', use: one, without: 'fails' },
    {
      action: 'ssm:ResumeSession',
      use: { ...lasting, disturbance: 'cut' },
      without: 'is-not-resumed',
    },
    {
      action: 'ssm:TerminateSession',
      use: { ...lasting, disturbance: 'lost' },
      without: 'stays-open',
    },
  ];
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
