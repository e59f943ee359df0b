import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { execFile } from '../../../support/child-process.ts';
import { requireTools } from '../../../support/require-tools.ts';
import { FISH, ZSH } from '../../../support/tools.ts';
import { programEnvironment } from '../../support/program.ts';
import { startCommandInTerminal } from '../../support/terminal-program.ts';
import { scriptOf, startAccount, type Account } from './support/completion.ts';

const run = promisify(execFile);
const NODES = [
  { id: 'i-00000000000000001', nameTag: 'web-1' },
  { id: 'i-00000000000000002', nameTag: "it's" },
  { id: 'i-00000000000000003', nameTag: 'team/db' },
  { id: 'i-00000000000000004', nameTag: 'a:b' },
];

/** An account, and files in the user's home directory. */
async function startWithFiles(t: TestContext): Promise<Account> {
  const account = await startAccount(t, NODES);
  mkdirSync(join(account.home, 'website'));
  writeFileSync(join(account.home, 'website', 'index.html'), '');
  writeFileSync(join(account.home, 'notes 1.txt'), '');
  writeFileSync(join(account.home, 'with:colon'), '');
  return account;
}

/** Shells ring it where nothing is offered. */
const BELL = '\u0007';

/** A shell that is only hung up writes its history while the home directory is removed. */
const EXIT = '\x15exit\r';

/** What is typed after `session-manager-plugin cp `, and what the line shows then. */
const LINES = [
  ['web-\t', 'cp web-1:'],
  ['it\t', String.raw`cp it\'s:`],
  ['not\t', String.raw`cp notes\ 1.txt `],
  ['websi\t', 'cp website/'],
  ['website/\t', 'cp website/index.html '],
  ['website/index.html web-\t', 'cp website/index.html web-1:'],
  ['web-1: websi\t', 'cp web-1: website/'],
  ['web-1:/etc/hosts not\t', String.raw`cp web-1:/etc/hosts notes\ 1.txt `],
  ['-r web-1:/etc --re\t', 'cp -r web-1:/etc --re'],
  ['web-1:websi\t!', 'cp web-1:websi!'],
  ['~/websi\t', 'cp ~/website/'],
] as const;

describe('SOURCE and DESTINATION of cp', () => {
  it('are targets with a colon, by names that have none, whichever argument it is', async (t) => {
    const account = await startWithFiles(t);
    const offers = async (...words: readonly string[]): Promise<readonly string[]> => {
      const { stdout } = await account.target.run(['__complete', '--', ...words], account.env);
      return stdout.split('\n').flatMap((line) => (line === '' ? [] : (line.split('\t')[0] ?? '')));
    };
    const places = [
      'i-00000000000000001:',
      'web-1:',
      'i-00000000000000002:',
      "it's:",
      'i-00000000000000003:',
      'i-00000000000000004:',
    ];
    assert.deepEqual(await offers('cp'), places);
    assert.deepEqual(await offers('cp', '-r', 'a', 'b'), places);
    assert.deepEqual(await offers('cp', '--reason'), []);
    assert.deepEqual(await offers('cp', '--', 'a'), []);
  });

  it('are completed by bash, with the files here', async (t) => {
    const account = await startWithFiles(t);
    const script = await scriptOf(t, 'bash');
    const bash = await startCommandInTerminal(t, ['bash', '--norc', '-i'], {
      size: { cols: 200, rows: 60 },
      env: account.env,
    });
    bash.type(`cd; PS1='rea''dy: '; source ${script}\r`);
    await bash.screen.until('the prompt', (text) => text.endsWith('ready: '));
    for (const [typed, line] of LINES) {
      bash.type(`\x15session-manager-plugin cp ${typed}`);
      const whole = `session-manager-plugin ${line}`;
      await bash.screen.until(line, (text) => text.replaceAll(BELL, '').endsWith(whole));
    }
    bash.type(EXIT);
    await bash.end();
  });

  it('are completed by zsh, with the files here', async (t) => {
    if (!requireTools(t, ZSH)) return;
    const account = await startWithFiles(t);
    const script = await scriptOf(t, 'zsh');
    const zsh = await startCommandInTerminal(t, ['zsh', '-f', '-i'], {
      size: { cols: 200, rows: 60 },
      env: account.env,
    });
    zsh.type(`cd; PS1='rea''dy: '; autoload -U compinit; compinit -D -u; source ${script}\r`);
    await zsh.screen.until('the prompt', (text) => text.includes('ready: '));
    for (const [typed, line] of [
      ['web-\t/etc', 'cp web-1:/etc'],
      ['it\tx', String.raw`cp it\'s:x`],
      ['not\t', String.raw`cp notes\ 1.txt`],
      ['website/index.html web-\tx', 'cp website/index.html web-1:x'],
      ['web-1:websi\t!', 'cp web-1:websi!'],
    ] as const) {
      zsh.type(`\x15session-manager-plugin cp ${typed}`);
      await zsh.screen.until(line, (text) => text.replaceAll(BELL, '').includes(line));
    }
    zsh.type(EXIT);
    await zsh.end();
  });

  it('are completed by fish, with the files here', async (t) => {
    if (!requireTools(t, FISH)) return;
    const account = await startWithFiles(t);
    const script = await scriptOf(t, 'fish');
    const ask = async (line: string): Promise<readonly string[]> => {
      const args = ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', script, line];
      const options = { env: programEnvironment(account.env), cwd: account.home };
      const { stdout } = await run('fish', args, options);
      return stdout
        .split('\n')
        .flatMap((entry) => (entry === '' ? [] : (entry.split('\t')[0] ?? '')));
    };
    assert.deepEqual(await ask('session-manager-plugin cp web'), ['website/', 'web-1:']);
    assert.deepEqual(await ask('session-manager-plugin cp website/i'), ['website/index.html']);
    assert.deepEqual(await ask('session-manager-plugin cp -r website web-'), ['web-1:']);
    assert.deepEqual(await ask('session-manager-plugin cp web-1:websi'), []);
    assert.deepEqual(await ask('session-manager-plugin shell websi'), []);
  });
});
