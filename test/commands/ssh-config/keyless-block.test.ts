import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'node:test';
import { keylessBlock } from '../../../src/commands/ssh-config/keyless/block.ts';
import { spawnSync } from '../../support/child-process.ts';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { BASH, DASH, FISH, ZSH } from '../../support/tools.ts';

const HOME = '/nonexistent';
const BLOCK = keylessBlock({ env: { HOME }, platform: 'linux' }, ['--profile', "'my profile'"]);
/** The patterns of hosts and of users, and the two command lines. */
const MATCH = /^Match host "([^"]*)" user "([^"]*)" exec "([^"]*)"$/m;
const PROXY = /^ {4}ProxyCommand (.*)$/m;

/** ssh_config(5), "PATTERNS": one that begins with `!` excludes. */
function matches(list: string, text: string): boolean {
  const fits = (pattern: string): boolean =>
    new RegExp(`^${pattern.replace(/[\\^$.+()[\]{}|]/g, '\\$&').replaceAll('*', '.*')}$`, 's').test(
      text,
    );
  const patterns = list.split(',');
  const excluded = patterns.filter((one) => one.startsWith('!')).map((one) => one.slice(1));
  return !excluded.some(fits) && patterns.some((one) => !one.startsWith('!') && fits(one));
}

describe('the block of ssh-config --keyless', () => {
  it('is for ids, and for names with the suffix', () => {
    const [, hosts = '', users = ''] = MATCH.exec(BLOCK) ?? [];
    for (const host of ['i-0123', 'mi-0123', 'web-1.ssm', 'a.b.ssm'])
      assert.ok(matches(hosts, host), host);
    for (const host of ['web', 'xi-0123', 'web.ssm.example.com', "a'b.ssm", 'a\\b.ssm']) {
      assert.ok(!matches(hosts, host), host);
    }
    assert.ok(matches(users, 'ec2-user'));
    for (const user of ["a'b", 'a\\b']) assert.ok(!matches(users, user), user);
  });

  // OpenSSH before 9.6 passes any name to a shell (its release notes, CVE-2023-51385).
  for (const shell of [BASH, DASH, ZSH, FISH]) {
    it(`passes names unchanged through ${shell.program}`, needs(shell), (t) => {
      const directory = temporaryDirectory(t);
      const output = join(directory, 'arguments');
      const script = `#!/bin/sh\nprintf '%s\\n' "$@" >'${output}'\n`;
      writeFileSync(join(directory, 'session-manager-plugin'), script, { mode: 0o755 });
      const env = { PATH: `${directory}${delimiter}${process.env['PATH'] ?? ''}`, HOME: directory };
      const [, hosts = '', users = '', prepare = ''] = MATCH.exec(BLOCK) ?? [];
      const [, proxy = ''] = PROXY.exec(BLOCK) ?? [];
      const hostile = [
        '-x',
        '$(touch PWNED)',
        '`touch PWNED`',
        ';touch PWNED;',
        '|touch PWNED',
        '&touch PWNED&',
        "';touch PWNED;'",
        "\\';touch PWNED;'",
        '\\',
        '"',
        '\n touch PWNED\n',
        '#',
        '*',
        '~',
        '!!',
        '{a,b}',
        '>PWNED',
        '--profile=x',
      ];
      const pairs = hostile.flatMap((text): readonly (readonly [string, string])[] => [
        [text, 'user'],
        ['web', text],
        [text, text],
      ]);
      let passed = 0;
      for (const [name, user] of pairs) {
        const host = `${name}.ssm`;
        if (!matches(hosts, host) || !matches(users, user)) continue;
        passed++;
        for (const [line, expected] of [
          [prepare, ['__keyless-prepare', '--profile', 'my profile', '--', host, user, 'me']],
          [proxy, ['__keyless-connect', '--profile', 'my profile', '--', host, '22', user]],
        ] as const) {
          const tokens: Readonly<Record<string, string>> = { h: host, r: user, u: 'me', p: '22' };
          const command = line.replace(/%(.)/g, (_, token: string) => tokens[token] ?? '%');
          rmSync(output, { force: true });
          spawnSync(shell.program, ['-c', command], { env, cwd: directory });
          assert.equal(readFileSync(output, 'utf8'), `${expected.join('\n')}\n`);
          assert.ok(!existsSync(join(directory, 'PWNED')), `${host} ${user}`);
        }
      }
      assert.ok(passed > 40);
    });
  }

  it('quotes nothing on Windows, and is not for names that cmd.exe would change', () => {
    const block = keylessBlock(
      { env: { LOCALAPPDATA: 'C:\\Users\\me\\AppData\\Local' }, platform: 'win32' },
      [],
    );
    const [, hosts = '', , prepare] = MATCH.exec(block) ?? [];
    assert.equal(prepare, 'session-manager-plugin __keyless-prepare -- %h %r %u');
    for (const host of ['a&b.ssm', 'a|b.ssm', 'a<b.ssm', 'a>b.ssm', 'a^b.ssm', 'a b.ssm']) {
      assert.ok(!matches(hosts, host), host);
    }
    assert.match(block, /Include "C:\/Users\/me\/AppData\/Local\/.*\*\.conf"/);
  });
});
