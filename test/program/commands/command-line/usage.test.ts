import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runAlone } from '../support/run-command.ts';

const NAME = 'session-manager-plugin';
const USAGE: Readonly<Record<string, string>> = {
  shell: `Usage: ${NAME} shell [options] [target] [-- command...]`,
  exec: `Usage: ${NAME} exec [options] [target] -- command...`,
  forward: `Usage: ${NAME} forward [options] [target] <ports...> [--exec -- command...]`,
  'ssh-proxy': `Usage: ${NAME} ssh-proxy [options] <target> [port]`,
  'ssh-config': `Usage: ${NAME} ssh-config [options]`,
  targets: `Usage: ${NAME} targets [options] [filter...]`,
  sessions: `Usage: ${NAME} sessions [options]`,
  completion: `Usage: ${NAME} completion [options] <shell>`,
};

/** What is wrong and what to do, for each way in which a command line cannot be read. */
const TABLE: readonly (readonly [line: string, ...lines: readonly string[]])[] = [
  // An unknown option.
  [
    'shell --regoin x',
    'Unknown option --regoin.',
    'Did you mean --region?',
    'Put -- before a command to run: what follows it is not read as options.',
  ],
  ['targets --regoin=x', 'Unknown option --regoin.', 'Did you mean --region?'],
  ['sessions --terminat x', 'Unknown option --terminat.', 'Did you mean --terminate?'],
  [
    'shell -x',
    'Unknown option -x.',
    'Put -- before a command to run: what follows it is not read as options.',
  ],
  [
    'shell --frobnicate',
    'Unknown option --frobnicate.',
    'Put -- before a command to run: what follows it is not read as options.',
  ],
  [
    'exec i-1 ls -la',
    'Unknown option -la.',
    'Put -- before the command to run: what follows it is not read as options.',
  ],
  [
    'exec --hlep',
    'Unknown option --hlep.',
    'Did you mean --help?',
    'Put -- before the command to run: what follows it is not read as options.',
  ],
  // A missing argument.
  [
    'ssh-proxy',
    'The argument "target" is missing.',
    'To list the managed nodes, run `session-manager-plugin targets`.',
  ],
  ['completion', 'The argument "shell" is missing.', 'Choose bash, zsh, fish or powershell.'],
  [
    'exec i-1',
    'There is no command to run.',
    'Write it after --, for example: `session-manager-plugin exec web -- uptime`.',
  ],
  [
    'forward i-1',
    'There is no port to forward.',
    'Add one, for example: `session-manager-plugin forward web 8080:80`.',
  ],
  // Too many arguments.
  ['ssh-config web', 'Unexpected argument "web".', 'Leave it out: ssh-config takes only options.'],
  [
    'shell web db',
    'Unexpected argument "db".',
    'If the name of the target contains spaces, put quotes around it.',
    'Write a command for the target after --.',
  ],
  [
    'ssh-proxy web 22 23',
    'Unexpected argument "23".',
    'ssh-proxy takes only the arguments "target" and "port". If the name of the target contains spaces, put quotes around it.',
  ],
  [
    'completion bash zsh',
    'Unexpected argument "zsh".',
    'Leave it out: completion takes only the argument "shell".',
  ],
  // An option without its value.
  ['shell --profile', '--profile needs a value: --profile <name>.'],
  [
    'shell --log-level',
    '--log-level needs a value: --log-level <level>.',
    'Choose trace, debug, info, warn, error or critical.',
  ],
  // A value that is none of the choices, or cannot be read.
  [
    'shell --log-level debog',
    '--log-level cannot be "debog".',
    'Did you mean debug?',
    'Choose trace, debug, info, warn, error or critical.',
  ],
  [
    'completion tcsh',
    'The argument "shell" cannot be "tcsh".',
    'Choose bash, zsh, fish or powershell.',
  ],
  [
    'shell --endpoint-url localhost',
    '--endpoint-url cannot be "localhost".',
    'Pass a URL that begins with https:// or http://.',
  ],
  [
    'shell --region=',
    '--region is empty.',
    'Pass a name, or leave the option out to use the default.',
  ],
  [
    'forward i-1 web:',
    'The argument "ports" cannot be "web:".',
    'Pass PORT, LOCAL:PORT, HOST:PORT or LOCAL:HOST:PORT.',
  ],
  [
    'forward i-1 fd00::5:80',
    'The argument "ports" cannot be "fd00::5:80".',
    'Pass PORT, LOCAL:PORT, HOST:PORT or LOCAL:HOST:PORT.',
    'Put an IPv6 address in brackets: [fd00::5]:80.',
  ],
  // A port that is none, wherever it is read.
  ...[
    ['ssh-proxy i-1 70000', '"70000"'],
    ['ssh-proxy i-1 ssh', '"ssh"'],
    ['forward 70000', '"70000"'],
    ['forward i-1 80800', '"80800"'],
    ['forward i-1 0', '"0"'],
    ['forward i-1 http', '"http"'],
    ['forward 99999:80', '"99999" in "99999:80"'],
    ['forward i-1 8080:99999', '"99999" in "8080:99999"'],
    ['forward i-1 db.internal:99999', '"99999" in "db.internal:99999"'],
    ['forward i-1 1:[fd00::5]:99999', '"99999" in "1:[fd00::5]:99999"'],
    ['shell --endpoint-url https://aws.example:99999', '"99999" in "https://aws.example:99999"'],
    ['shell --endpoint-url http://[::1]:0/x', '"0" in "http://[::1]:0/x"'],
  ].map(
    ([line = '', port = '']) =>
      [line, `${port} is not a port.`, 'A port is a number from 1 to 65535.'] as const,
  ),
  // What contradicts itself.
  [
    'forward i-1 80:1 80:2',
    'The local port 80 is used twice.',
    'Use another local port for one of them, or 0 to let the system pick one.',
  ],
];

describe('a command line that cannot be read', () => {
  for (const [line, ...lines] of TABLE) {
    it(`is explained, with the usage and where help is: ${line}`, async (t) => {
      const [command = ''] = line.split(' ');
      assert.deepEqual(await runAlone(t, line.split(' ')), {
        status: 255,
        stdout: '',
        stderr: [
          `session-manager-plugin: ${lines.join('\n')}`,
          USAGE[command],
          `Help:  session-manager-plugin ${command} --help\n`,
        ].join('\n'),
      });
    });
  }

  const programUsage = `Usage: ${NAME} <command> [options]\nHelp:  ${NAME} --help\n`;

  for (const [line, text] of [
    ['--region x', 'The command is missing.'],
    ['--region x shel', 'Unknown command "shel".\nDid you mean:\n  session-manager-plugin shell'],
    ['--region shell web', 'Unknown command "web".'],
  ] as const) {
    it(`is explained with the usage of the program without a command: ${line}`, async (t) => {
      assert.deepEqual(await runAlone(t, line.split(' ')), {
        status: 255,
        stdout: '',
        stderr: `session-manager-plugin: ${text}\n${programUsage}`,
      });
    });
  }

  it('is one line of JSON with --json', async (t) => {
    const { status, stdout, stderr } = await runAlone(t, [
      'shell',
      '--json',
      '--log-level',
      'debog',
    ]);
    assert.deepEqual([status, stdout], [255, '']);
    assert.deepEqual(JSON.parse(stderr), {
      error: {
        reason: 'usage',
        code: 'usage',
        message:
          '--log-level cannot be "debog". Did you mean debug? ' +
          'Choose trace, debug, info, warn, error or critical.',
      },
    });
  });

  it('is shown cut and without control characters', async (t) => {
    const { stderr } = await runAlone(t, ['shell', `--${'x'.repeat(100)}`, '--json']);
    assert.match(stderr, /Unknown option --x{58}…\./);
    const odd = await runAlone(t, ['shell', '--endpoint-url', '\u001b[31mred\nx']);
    assert.match(odd.stderr, /^session-manager-plugin: --endpoint-url cannot be "\[31mred x"\.\n/);
  });
});
