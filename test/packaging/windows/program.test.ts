import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, describe, it, type TestContext } from 'node:test';
import { READY } from '../../program/support/remote-commands.ts';
import {
  interactiveCommand,
  startSession,
  type SessionWish,
  type StartedSession,
} from '../../program/support/target.ts';
import {
  startCommandInTerminal,
  type TerminalOptions,
  type TerminalProgram,
} from '../../program/support/terminal-program.ts';
import { INSTALLED, VERSION } from '../../support/product.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { changes } from '../support/file-list.ts';
import { packagePath, requireTargets } from '../support/made-targets.ts';
import { everythingOn, MACHINE_DIRECTORY, onDriveC } from './support/installation.ts';
import { startWine, type Wine } from './support/wine.ts';
import { requireTools } from '../../support/require-tools.ts';
import { WINE, WINESERVER } from '../../support/windows-tools.ts';

const SETUP = String.raw`C:\SessionManagerPluginSetup.exe`;
const PROGRAM = `${MACHINE_DIRECTORY}\\bin\\session-manager-plugin.exe`;
/** Consoles of wine draw the space after it by moving the cursor. */
const PROMPT_SIGN = '$';
const SIZE = { cols: 97, rows: 31 };

let started: Wine | undefined;
after(() => started?.remove());

/** A Windows with the setup on drive C, and the program installed by it. */
async function windowsWithProgram(t: TestContext): Promise<Wine | undefined> {
  if (!requireTools(t, WINE, WINESERVER) || !requireTargets(t, 'windows-x64')) return undefined;
  if (started === undefined) {
    started = startWine();
    copyFileSync(packagePath('windows/SessionManagerPluginSetup.exe'), onDriveC(started, SETUP));
  }
  if (!existsSync(onDriveC(started, PROGRAM))) {
    assert.equal((await started.run(`${SETUP} /S`)).exitCode, 0);
  }
  return started;
}

interface ConsoleSession extends StartedSession {
  readonly program: TerminalProgram;
}

/** Starts a session and the installed program for it in a console. */
async function openConsole(
  t: TestContext,
  wine: Wine,
  requested: SessionWish = {},
  options: TerminalOptions = {},
): Promise<ConsoleSession> {
  const opened = await startSession(t, requested);
  const program = await startCommandInTerminal(t, [WINE.program, PROGRAM, ...opened.args], {
    size: SIZE,
    env: wine.environment,
    // Wine takes the terminal over only when it first reads from it.
    settings: 'raw -echo',
    ...options,
  });
  return { ...opened, program };
}

async function openShell(t: TestContext, wine: Wine): Promise<ConsoleSession> {
  const opened = await openConsole(t, wine);
  await opened.program.screen.until('the prompt', (screen) => screen.includes(PROMPT_SIGN));
  return opened;
}

/** What is typed into a console of wine, which knows keys by xterm's sequences, and what is sent. */
const KEYS: readonly (readonly [name: string, typed: string, sent?: string])[] = [
  ['the arrows', '\x1b[A\x1b[B\x1b[C\x1b[D'],
  ['Home and End', '\x1b[H\x1b[F'],
  ['Ctrl and the arrows', '\x1b[1;5A\x1b[1;5B\x1b[1;5C\x1b[1;5D'],
  ['Ctrl-Home and Ctrl-End', '\x1b[1;5H\x1b[1;5F'],
  ['Shift and the arrows', '\x1b[1;2C\x1b[1;2D'],
  ['Insert, Delete and the pages', '\x1b[2~\x1b[3~\x1b[5~\x1b[6~'],
  ['F1 to F12', '\x1bOP\x1bOQ\x1bOR\x1bOS\x1b[15~\x1b[17~\x1b[23~\x1b[24~'],
  ['what AltGr makes', '@{[]}\\|~€µ²'],
  ['letters of other languages', 'äöüßéñçğłåæøπж'],
  ['Chinese, Japanese and Korean', '漢字かな한글'],
  ['emoji, which are two characters to Windows', '👍🎉'],
  ['Alt and a letter', '\x1bb\x1bf'],
  // Consoles of wine 10 drop Ctrl-\, for every program.
  ['Ctrl and a letter', '\x01\x04\x05\x0b\x12\x15\x17\x1a'],
  ['Tab and Enter', '\t\r'],
  // Consoles of wine have no other Backspace.
  ['Backspace', '\x7f', '\x08'],
];

const PASTED = 'A line with € and 漢字, of a paste.\r'.repeat(120);

describe('the program that the setup installs', () => {
  it('is found by its name, and prints the documented sentence', async (t) => {
    const wine = await windowsWithProgram(t);
    if (wine === undefined) return;
    assert.deepEqual(await wine.run('session-manager-plugin'), {
      exitCode: 0,
      stdout: INSTALLED,
      stderr: '',
    });
  });

  it('prints its version, and reports an unknown operation', async (t) => {
    const wine = await windowsWithProgram(t);
    if (wine === undefined) return;
    assert.equal((await wine.run('session-manager-plugin --version')).stdout, `${VERSION}\n`);
    assert.equal((await wine.run('session-manager-plugin nonsense')).exitCode, 1);
  });

  it('forwards a port', async (t) => {
    const wine = await windowsWithProgram(t);
    if (wine === undefined) return;
    const server = createServer((connection) => connection.end('from the target\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const { program } = await openConsole(t, wine, {
      document: 'AWS-StartPortForwardingSession',
      parameters: { portNumber: [String(port)] },
    });
    await program.screen.until('the port', (screen) => screen.includes('Waiting for connections'));
    const [, localPort] = /Port (\d+) opened/.exec(program.screen.text) ?? [];
    assert.equal(await text(connect(Number(localPort), '127.0.0.1')), 'from the target\n');
  });
});

describe('a shell session in a console of Windows', () => {
  for (const [name, typed, sent = typed] of KEYS) {
    it(`sends ${name}`, (t) => arrives(t, typed, sent));
  }

  it('sends a paste of several kilobytes', (t) => arrives(t, PASTED, PASTED));

  it('sends the size of the window first', async (t) => {
    const wine = await windowsWithProgram(t);
    if (wine === undefined) return;
    const { session } = await openShell(t, wine);
    assert.deepEqual(session.record.sizes, [SIZE]);
  });

  it('sends it also when both outputs go elsewhere', async (t) => {
    const wine = await windowsWithProgram(t);
    if (wine === undefined) return;
    const file = join(temporaryDirectory(t), 'output');
    const { session } = await openConsole(
      t,
      wine,
      {},
      { through: ['/bin/sh', '-c', 'exec "$@" >"$0" 2>&1', file] },
    );
    await session.until('the size', ({ record }) => record.sizes.length > 0);
    // A console of wine has a size of its own then, but not that of a session without a terminal.
    assert.deepEqual(session.record.sizes, [{ cols: 80, rows: 150 }]);
  });

  it('shows characters of several bytes that messages cut apart', async (t) => {
    const wine = await windowsWithProgram(t);
    if (wine === undefined) return;
    // The pause keeps the bytes of one character in two messages.
    const command = `printf '\\346\\274'; sleep 0.2; printf '\\242 é\\n'; ${waitForEver}`;
    const { program } = await openConsole(t, wine, interactiveCommand(command));
    await program.screen.until('the characters', (screen) => screen.includes('漢 é'));
  });

  it('goes on while an upgrade replaces the program, and ends as it should', async (t) => {
    const wine = await windowsWithProgram(t);
    if (wine === undefined) return;
    const { program } = await openShell(t, wine);
    assert.deepEqual(await wine.run(`${SETUP} /S`), { exitCode: 0, stdout: '', stderr: '' });
    program.type('echo $((6 * 7))\r');
    await program.screen.until('the answer', (screen) => screen.includes('42'));
    program.type('exit\r');
    assert.equal((await program.end()).status, 0);
    assert.equal((await wine.run(`"${PROGRAM}" --version`)).stdout, `${VERSION}\n`);
  });
});

const waitForEver = 'while :; do sleep 600; done';

/** Types into a session, and checks the bytes that a program on the target reads. */
async function arrives(t: TestContext, typed: string, sent: string): Promise<void> {
  const wine = await windowsWithProgram(t);
  if (wine === undefined) return;
  const file = join(temporaryDirectory(t), 'input');
  const count = Buffer.byteLength(sent);
  const read = `stty raw -echo; printf ${READY}; head -c ${count} >'${file}'`;
  const { program } = await openConsole(t, wine, interactiveCommand(read));
  await program.screen.until('the reader', (screen) => screen.includes(READY));
  program.type(typed);
  assert.equal((await program.end()).status, 0);
  assert.equal(readFileSync(file, 'utf8'), sent);
}

describe('the uninstaller', () => {
  it('leaves no file or process', async (t) => {
    const wine = await windowsWithProgram(t);
    if (wine === undefined) return;
    await wine.settle();
    assert.equal((await wine.run(`"${MACHINE_DIRECTORY}\\uninstall.exe" /S`)).exitCode, 0);
    await wine.settle();
    const before = everythingOn(wine);
    assert.equal((await wine.run(`${SETUP} /S`)).exitCode, 0);
    assert.equal((await wine.run('session-manager-plugin')).exitCode, 0);
    assert.equal((await wine.run(`"${MACHINE_DIRECTORY}\\uninstall.exe" /S`)).exitCode, 0);
    await wine.settle();
    assert.deepEqual(changes(before, everythingOn(wine)), []);
  });
});
