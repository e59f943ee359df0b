import { documentContent, sessionPreferences, type LocalNode } from '../../local-aws/local-aws.ts';
import { account, preparedAccount, PRINTER, USUAL_NODES, WEB, WEB_2 } from '../support/fleets.ts';
import { accountOf, testFailures } from '../support/failures/failing.ts';

const EXEC = ['exec', WEB.id, '--'];
const WINDOWS: LocalNode = { ...PRINTER, name: 'printer', pingStatus: 'Online' };

const STOPPED: LocalNode = {
  id: 'i-0a0a0a0a0a0a0a0a0',
  nameTag: 'web-3',
  instanceState: 'stopped',
};

testFailures('target-names', {
  unknown: { args: ['shell', 'wbe-1'], failure: 'target-unknown' },
  'unknown-like-no-other': { args: ['shell', 'database'], failure: 'target-unknown' },
  'no-nodes': { args: ['shell'], ...accountOf(), failure: 'targets-none' },
  unmanaged: {
    args: ['shell', 'web-3'],
    ...accountOf(WEB, { id: 'i-0a0a0a0a0a0a0a0a0', nameTag: 'web-3', managed: false }),
    failure: 'target-unmanaged',
  },
  stopped: {
    args: ['shell', 'web-3'],
    ...accountOf(WEB, { ...STOPPED, managed: false }),
    failure: 'target-stopped',
  },
  offline: {
    args: ['shell', 'printer'],
    ...accountOf(WEB, { ...PRINTER, name: 'printer' }),
    failure: 'target-offline',
  },
  'no-name-and-no-terminal': { args: ['shell'], shell: '< /dev/null', failure: 'target-missing' },
  'several-and-no-terminal': {
    args: ['shell', 'web'],
    shell: '< /dev/null',
    ...accountOf({ ...WEB, nameTag: 'web' }, { ...WEB_2, nameTag: 'web' }),
    failure: 'target-ambiguous',
  },
  'vpc-unknown': {
    args: ['targets', '--vpc', 'vpc-0a1b2c3d4e5f60718'],
    target: preparedAccount((aws) =>
      aws.refuse('DescribeInstances', { status: 403, type: 'UnauthorizedOperation', message: '' }),
    ),
    failure: 'vpc-unknown',
  },
  'empty-name': { args: ['shell', ''], failure: 'target-empty' },
  'empty-command': { args: ['exec', 'web-1', '--', ''], failure: 'command-empty' },
  'empty-session-id': { args: ['sessions', '--terminate', ''], failure: 'session-id-empty' },
  'sessions-kept': {
    args: ['sessions', '--terminate', 'alice-0a1b2c3d', 'alice-4e5f6789'],
    failure: 'sessions-kept',
    async play({ until, program, end }) {
      await until('the question', ({ lines }) => lines.join('\n').includes('(y/N)'));
      program.type('n\r');
      await end();
    },
  },
});

testFailures('ready', {
  'not-in-time': {
    args: ['shell', '--wait=1s', STOPPED.id],
    ...accountOf({ ...STOPPED, instanceState: 'running', pingStatus: 'ConnectionLost' }),
    failure: 'target-not-ready',
  },
  terminated: {
    args: ['shell', '--start', STOPPED.id],
    ...accountOf({ ...STOPPED, instanceState: 'terminated' }),
    failure: 'target-terminated',
  },
  'not-startable': {
    args: ['shell', '--start', 'printer'],
    ...accountOf({ ...PRINTER, name: 'printer' }),
    failure: 'target-not-startable',
  },
  'stopped-again': {
    args: ['shell', '--start', STOPPED.id],
    ...accountOf({
      ...STOPPED,
      boot: [
        {},
        {
          instanceState: 'stopped',
          stateReason: 'Client.InternalError: Client error on launch',
        },
      ],
    }),
    failure: 'target-stopped-again',
  },
  'nodes-not-online': {
    args: ['targets', '--wait=1s'],
    ...accountOf(WEB, { ...PRINTER, name: 'printer' }),
    failure: 'nodes-not-online',
  },
});

testFailures('commands', {
  'not-utf8': {
    args: EXEC,
    shell: String.raw`"$(printf 'caf\351')"`,
    failure: 'argument-not-utf8',
  },
  'too-long': {
    args: EXEC,
    shell: '"$(printf %070000d 0)"',
    failure: 'command-too-long',
  },
  'shell-not-on-windows': {
    args: ['exec', '--shell', 'bash', PRINTER.id, '--', 'dir'],
    ...accountOf(WINDOWS),
    failure: 'shell-not-on-windows',
  },
  'shell-only-on-windows': {
    args: ['exec', '--shell', 'powershell', ...EXEC.slice(1), 'dir'],
    failure: 'shell-only-on-windows',
  },
  'windows-unsupported': {
    args: ['exec', '-i', PRINTER.id, '--', 'dir'],
    ...accountOf(WINDOWS),
    failure: 'windows-unsupported',
  },
  'document-too-old': {
    args: [...EXEC, 'uptime'],
    target: account(USUAL_NODES, {
      documents: { 'AWS-StartNonInteractiveCommand': documentContent(['command']) },
    }),
    failure: 'document-without-status',
  },
  'control-character': {
    args: ['ssh-config', '--profile'],
    shell: String.raw`"$(printf 'work\t')"`,
    failure: 'option-not-printable',
  },
});

testFailures('copies', {
  'directory-missing': {
    args: ['cp', `${WEB.id}:/var/log/syslog`, 'missing/syslog'],
    failure: 'copy-directory-missing',
  },
  'needs-directory': {
    args: ['cp', `${WEB.id}:/var/log/syslog`, '/dev/null/'],
    failure: 'copy-needs-directory',
  },
  logged: {
    args: ['cp', `${WEB.id}:/var/log/syslog`, '.'],
    shell: '< /dev/null',
    target: account(USUAL_NODES, {
      documents: {
        'SSM-SessionManagerRunShell': sessionPreferences({ s3BucketName: 'session-logs' }),
      },
    }),
    failure: 'copy-logged',
  },
  windows: {
    args: ['cp', `${PRINTER.id}:C:/notes.txt`, '.'],
    ...accountOf(WINDOWS),
    failure: 'copy-to-windows',
  },
});
