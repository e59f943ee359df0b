import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isPowershell } from '../../../packaging/support/powershell-grammar.ts';
import { requireTools } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { FISH, ZSH } from '../../../support/tools.ts';
import { startCommandInTerminal } from '../../support/terminal-program.ts';
import { runAlone } from '../support/run-command.ts';
import { execFileSync } from '../../../support/child-process.ts';

/** Writes the completion script of a shell to a file of this test. */
async function scriptOf(t: TestContext, shell: string): Promise<string> {
  const { status, stdout, stderr } = await runAlone(t, ['completion', shell]);
  assert.equal(status, 0);
  assert.equal(stderr, '');
  const path = join(temporaryDirectory(t), `completion.${shell}`);
  writeFileSync(path, stdout);
  return path;
}

/** The path of a file of this test, and a part of that path that a shell can complete. */
function fileOf(t: TestContext): { readonly path: string; readonly beginning: string } {
  const path = join(temporaryDirectory(t), 'commands.txt');
  writeFileSync(path, '');
  return { path, beginning: path.slice(0, -'ands.txt'.length) };
}

/** What bash offers for the last of these words. */
function askBash(script: string, words: readonly string[]): readonly string[] {
  const program = `
source "$1"; shift
[[ $(complete -p session-manager-plugin) == *'-F _session_manager_plugin'* ]] || exit 1
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_session_manager_plugin
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync(
    'bash',
    ['-c', program, 'bash', script, 'session-manager-plugin', ...words],
    { encoding: 'utf8' },
  );
  return output.split('\n').filter((line) => line !== '');
}

describe('the completion of bash', () => {
  it('offers the commands, options, and values of an option', async (t) => {
    const script = await scriptOf(t, 'bash');
    assert.deepEqual(askBash(script, ['ssh']), ['ssh', 'ssh-proxy', 'ssh-config']);
    assert.deepEqual(askBash(script, ['exec', '--re']), [
      '--reason',
      '--request-access',
      '--region',
    ]);
    assert.deepEqual(askBash(script, ['exec', '--log-level', 'w']), ['warn']);
    assert.deepEqual(askBash(script, ['completion', 'b']), ['bash']);
    assert.deepEqual(askBash(script, ['shell', '--profile', '']), []);
    assert.deepEqual(askBash(script, ['nothing', '']), []);
  });

  it('leaves a command after --, and redirections, to bash', async (t) => {
    const script = await scriptOf(t, 'bash');
    assert.deepEqual(askBash(script, ['exec', 'i-1', '--', '']), []);
    assert.deepEqual(askBash(script, ['exec', 'i-1', '--', 'ls', '--re']), []);
    assert.deepEqual(askBash(script, ['shell', 'i-1', '<', '']), []);
  });

  it('completes what is typed in a terminal', async (t) => {
    const script = await scriptOf(t, 'bash');
    const bash = await startCommandInTerminal(t, ['bash', '--norc', '--rcfile', script, '-i']);
    bash.type(`PS1='ready: '; source ${script}\r`);
    await bash.screen.until('the prompt', (text) => text.endsWith('ready: '));
    bash.type('session-manager-plugin star\t');
    await bash.screen.until('the command', (text) => text.endsWith('start-session '));
    bash.type('--doc\t');
    await bash.screen.until('the option', (text) => text.endsWith('--document-name '));
    const file = fileOf(t);
    bash.type(`x < ${file.beginning}\t`);
    await bash.screen.until('the file', (text) => text.endsWith(`${file.path} `));
    bash.type(`\x15session-manager-plugin exec i-1 -- cat ${file.beginning}\t`);
    await bash.screen.until('the file', (text) => text.endsWith(`cat ${file.path} `));
    bash.hangUp();
  });
});

describe('the completion of zsh', () => {
  it('completes what is typed in a terminal', async (t) => {
    if (!requireTools(t, ZSH)) return;
    const script = await scriptOf(t, 'zsh');
    const zsh = await startCommandInTerminal(t, ['zsh', '-f', '-i'], {
      size: { cols: 200, rows: 24 },
    });
    zsh.type(
      `PS1='ready: '; autoload -U compinit; compinit -D -u; source ${script}; echo loaded\r`,
    );
    await zsh.screen.until('the script', (text) => /loaded\r\n[^]*ready: /.test(text));
    zsh.type('session-manager-plugin star\t');
    await zsh.screen.until('the command', (text) => text.includes('start-session'));
    zsh.type('--doc\t');
    await zsh.screen.until('the option', (text) => text.includes('--document-name'));
    zsh.type(' x --log-level cri\t');
    await zsh.screen.until('the value', (text) => text.includes('critical'));
    zsh.type('\x15session-manager-plugin exec i-1 --rea\t');
    await zsh.screen.until('the option behind a target', (text) => text.includes('--reason'));
    const file = fileOf(t);
    zsh.type(` x -- cat ${file.beginning}\t`);
    await zsh.screen.until('the file', (text) => text.includes(file.path));
    zsh.hangUp();
  });
});

describe('the completion of fish', () => {
  it('offers the commands, options, and values of an option', async (t) => {
    if (!requireTools(t, FISH)) return;
    const script = await scriptOf(t, 'fish');
    const home = temporaryDirectory(t);
    const ask = (line: string): readonly string[] =>
      execFileSync(
        'fish',
        ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', script, line],
        { encoding: 'utf8', env: { ...process.env, HOME: home } },
      )
        .split('\n')
        .filter((entry) => entry !== '');
    assert.deepEqual(ask('session-manager-plugin start'), [
      'start-session\tstart a session with any document',
    ]);
    assert.deepEqual(ask('session-manager-plugin shell --rea'), [
      '--reason\tnote for the session history',
    ]);
    assert.deepEqual(
      ask('session-manager-plugin exec --log-level cr').map((entry) => entry.split('\t')[0]),
      ['critical'],
    );
    assert.deepEqual(
      ask('session-manager-plugin completion z').map((entry) => entry.split('\t')[0]),
      ['zsh'],
    );
    const file = fileOf(t);
    assert.deepEqual(ask(`session-manager-plugin exec i-1 -- cat ${file.beginning}`), [file.path]);
    assert.deepEqual(ask('session-manager-plugin exec i-1 -- ls --rea'), []);
  });
});

describe('the completion of PowerShell', () => {
  it('registers a completer that knows the commands and their options', async (t) => {
    const { status, stdout } = await runAlone(t, ['completion', 'powershell']);
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^Register-ArgumentCompleter -Native -CommandName 'session-manager-plugin', 'session-manager-plugin\.exe' /m,
    );
    assert.match(
      stdout,
      /^ +'exec' = @\('-i', '--stdin', '-t', '--tty', '--binary', '--sudo', '--shell', /m,
    );
    assert.match(stdout, /^ +' --region' = @\('af-south-1', /m);
    assert.match(stdout, /^ +\$asked = @\('shell', 'shell --access', ' --profile', /m);
    assert.match(stdout, /^ +' --log-level' = @\('trace', 'debug', /m);
  });

  it('is a script by the grammar of PowerShell', async (t) => {
    const { stdout } = await runAlone(t, ['completion', 'powershell']);
    assert.ok(await isPowershell(stdout));
    assert.ok(!(await isPowershell(stdout.replace('}', ''))));
  });
});

describe('completion for another shell', () => {
  it('is refused, with the shells that can be named', async (t) => {
    const { status, stdout, stderr } = await runAlone(t, ['completion', 'tcsh']);
    assert.equal(status, 255);
    assert.equal(stdout, '');
    assert.match(stderr, /cannot be "tcsh"\.\nChoose bash, zsh, fish or powershell\./);
  });
});
