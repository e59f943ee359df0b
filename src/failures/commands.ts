import { defineFailures } from '../lib/errors/failure.ts';
import { LIST_SESSIONS, LIST_TARGETS } from './remedies.ts';

const HOW_TO_NAME = `Pass its id (i-…, mi-…, ecs:cluster_task_runtime), Name tag, private address or host name. ${LIST_TARGETS}`;

/** Failures of a command before a session starts: what it was asked to do cannot be done. */
export const commandFailures = defineFailures({
  'region-missing': {
    reason: 'input',
    text: (why: string) => [
      `No AWS region is set: ${why}`,
      'Pass --region NAME, set AWS_REGION, or run `aws configure`',
    ],
  },
  'region-invalid': {
    reason: 'input',
    text: (source: string, name: string) => [
      `${source} is "${name}", which is not an AWS region`,
      'Use a name such as us-east-1',
    ],
  },
  'argument-not-utf8': {
    reason: 'input',
    text: (which: string, remedy: string) => [
      `${which} is not UTF-8, and sessions carry only UTF-8`,
      remedy,
    ],
  },
  'target-empty': {
    reason: 'input',
    text: () => ['The name of the target is empty', HOW_TO_NAME],
  },
  'target-missing': {
    reason: 'input',
    text: () => ['The target is missing, and there is no terminal to choose it in', HOW_TO_NAME],
  },
  'target-unknown': {
    reason: 'input',
    text: (name: string, nearest: readonly string[]) => [
      `No managed node has the Name tag, private address or host name "${name}"`,
      nearest.length === 0 ? LIST_TARGETS : `Did you mean ${nearest.join(', ')}?`,
    ],
  },
  'target-ambiguous': {
    reason: 'input',
    text: (name: string, count: number, lines: readonly string[]) => [
      `"${name}" is the name of ${count} managed nodes`,
      ['Pass the id of one:', ...lines.map((line) => `  ${line}`)].join('\n'),
    ],
  },
  'target-unmanaged': {
    reason: 'input',
    text: (name: string, id: string) => [
      `"${name}" is the EC2 instance ${id}, which Systems Manager does not manage`,
      'It needs a running SSM Agent and an instance profile for Systems Manager. If it has just started, add --wait',
    ],
  },
  'target-stopped': {
    reason: 'input',
    text: (name: string, id: string) => [
      `"${name}" is the EC2 instance ${id}, which is stopped`,
      'To start it, add --start',
    ],
  },
  'targets-none': {
    reason: 'input',
    text: (region: string) => [
      `There is no managed node in ${region}`,
      'Pass another --region or --profile',
    ],
  },
  'vpc-unknown': {
    reason: 'input',
    text: (why: string) => ['Cannot list the nodes of a VPC', why],
  },
  'target-not-chosen': {
    reason: 'input',
    text: () => ['No target was chosen', HOW_TO_NAME],
  },
  'session-id-empty': {
    reason: 'input',
    text: () => ['The id of the session to end is empty', LIST_SESSIONS],
  },
  'sessions-kept': {
    reason: 'input',
    text: () => ['No session was ended', 'To end them, answer the question with y, or add --yes'],
  },
  'command-empty': {
    reason: 'input',
    text: () => [
      'The command after -- is empty',
      'Write the command there: `session-manager-plugin exec TARGET -- uptime`',
    ],
  },
  'command-too-long': {
    reason: 'input',
    text: (length: number, shell: string, owner: string, limit: number) => [
      `The command is too long: quoted for ${shell}, it has ${length} characters, and ${owner} allows ${limit}`,
      'Put a long script into a file on the target, and run that',
    ],
  },
  'shell-not-on-windows': {
    reason: 'input',
    text: (shell: string) => [
      `--shell ${shell} does not work on Windows, where the agent runs only powershell`,
      'Leave out --shell',
    ],
  },
  'shell-only-on-windows': {
    reason: 'input',
    text: (platform: string) => [
      `--shell powershell works only on Windows, and the target runs ${platform}`,
      'For PowerShell there, use --shell pwsh',
    ],
  },
  'option-not-printable': {
    reason: 'input',
    text: (option: string, value: string) => [
      `${option} ${JSON.stringify(value)} contains a character that the lines for ~/.ssh/config cannot contain`,
      'Pass a value without it',
    ],
  },
  'document-without-status': {
    reason: 'input',
    text: (document: string, remedy: string) => [
      `The document ${document} in this region is too old: it reports no exit status`,
      remedy,
    ],
  },
  'windows-unsupported': {
    reason: 'input',
    text: (what: string) => [
      `${what} needs a POSIX shell on the target, and the target runs Windows`,
      'Open a shell there with `session-manager-plugin shell`',
    ],
  },
  'terminal-not-raw': {
    reason: 'input',
    text: () => [
      'The terminal on the target cannot carry bytes: `stty raw` failed there',
      'Install stty on the target: it is a part of coreutils and of BusyBox',
    ],
  },
  'stdin-unreadable': {
    reason: 'input',
    text: (why: string) => [`The input cannot be read from stdin: ${why}`, ''],
  },
  'input-without-directory': {
    reason: 'input',
    text: () => [
      'The target has no directory for the input of the command: $TMPDIR, /tmp and /dev/shm cannot be written to',
      'Make one of them writable, or copy the input into a file with `session-manager-plugin cp`',
    ],
  },
  'input-without-fifo': {
    reason: 'input',
    text: () => [
      'The target cannot pass on the input of the command: `mkfifo` failed there',
      'Install mkfifo on the target: it is a part of coreutils and of BusyBox',
    ],
  },
  'program-missing': {
    reason: 'input',
    text: (name: string) => [
      `There is no program "${name}" in PATH`,
      'Correct its name, or pass its path',
    ],
  },
  'program-not-started': {
    reason: 'input',
    text: (name: string, why: string, remedy: string) => [`Cannot run "${name}": ${why}`, remedy],
  },
});
