import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { needs } from '../../support/require-tools.ts';
import { suiteScope } from '../../support/cleanup-scope.ts';
import { spawnSync } from '../../support/child-process.ts';
import { OPENSSL } from '../../support/tools.ts';
import {
  LINUX_TARGETS,
  publishVersion,
  scriptOf,
  startReleaseSite,
  type ReleaseSite,
} from './support/release-site.ts';
import { linkedVersion, newUser, runScript, SHELLS } from './support/run-install.ts';

/** Where BusyBox is the system, there is no C library that the others need. */

for (const { name, shell, tools, programs } of SHELLS) {
  describe(`install.sh in ${name}`, needs(OPENSSL, ...tools), () => {
    const scope = suiteScope();
    let site: ReleaseSite;
    before(async () => {
      site = await startReleaseSite(scope);
      for (const version of ['1.3.0.0', '1.3.1.0'])
        await publishVersion(scope, site, version, LINUX_TARGETS);
    });

    it('installs a program that runs, and prints what to add to PATH', async (t) => {
      const user = newUser(t, site, programs);
      const run = await runScript(t, user, scriptOf(site, '1.3.0.0'), [], shell);
      assert.equal(run.stderr, '');
      const bin = join(user.home, '.local', 'bin');
      const installed = join(user.home, '.local/lib/session-manager-plugin/1.3.0.0');
      const line = `export PATH='${bin.replaceAll("'", String.raw`'\''`)}':"$PATH"`;
      assert.match(
        run.stdout,
        /^Downloading https:.*\/1\.3\.0\.0\/session-manager-plugin-1\.3\.0\.0-linux-[\w-]+\.tar\.gz\n/,
      );
      assert.ok(
        run.stdout.includes(`Installed session-manager-plugin 1.3.0.0 in ${installed}\n`),
        run.stdout,
      );
      assert.ok(run.stdout.endsWith(`  ${line}\n`), run.stdout);
      assert.equal(run.status, 0);
      const found = spawnSync('sh', ['-c', `${line}; session-manager-plugin --version`], {
        encoding: 'utf8',
      });
      assert.equal(found.stdout, '1.3.0.0\n', found.stderr);
      assert.deepEqual(readdirSync(join(installed, '..')), ['1.3.0.0']);
    });

    it('upgrades: the link changes, the log configuration comes along, the earlier version remains', async (t) => {
      const user = newUser(t, site, programs);
      await runScript(t, user, scriptOf(site, '1.3.0.0'), [], shell);
      const lib = join(user.home, '.local/lib/session-manager-plugin');
      writeFileSync(join(lib, '1.3.0.0/seelog.xml'), '<seelog/>');
      const run = await runScript(t, user, scriptOf(site, '1.3.1.0'), [], shell);
      assert.deepEqual([run.status, run.stderr], [0, '']);
      assert.equal(linkedVersion(user), '1.3.1.0');
      assert.equal(readFileSync(join(lib, '1.3.1.0/seelog.xml'), 'utf8'), '<seelog/>');
      const [, remove = ''] = /Remove it later: (rm -r .*)\n/.exec(run.stdout) ?? [];
      spawnSync('sh', ['-c', remove]);
      assert.deepEqual(readdirSync(lib), ['1.3.1.0']);
    });

    it('replaces the same version, and keeps what the user has put there', async (t) => {
      const user = newUser(t, site, programs);
      const script = scriptOf(site, '1.3.0.0');
      await runScript(t, user, script, [], shell);
      const installed = join(user.home, '.local/lib/session-manager-plugin/1.3.0.0');
      writeFileSync(join(installed, 'seelog.xml'), '<seelog/>');
      writeFileSync(join(installed, 'bin/session-manager-plugin'), 'damaged');
      const run = await runScript(t, user, script, [], shell);
      assert.deepEqual([run.status, run.stderr], [0, '']);
      assert.match(
        readFileSync(join(installed, 'bin/session-manager-plugin'), 'utf8'),
        /echo 1\.3\.0\.0/,
      );
      assert.equal(readFileSync(join(installed, 'seelog.xml'), 'utf8'), '<seelog/>');
    });

    it('installs nothing from a file that was changed on its way', async (t) => {
      const user = newUser(t, site, programs);
      await runScript(t, user, scriptOf(site, '1.3.0.0'), [], shell);
      const script = scriptOf(site, '1.3.1.0');
      const before = new Map(site.files);
      t.after(() => before.forEach((content, path) => site.files.set(path, content)));
      for (const [path, content] of before) {
        if (path.startsWith('1.3.1.0/session')) site.files.set(path, changed(content));
      }
      const run = await runScript(t, user, script, [], shell);
      assert.equal(run.status, 1);
      assert.match(
        run.stderr,
        /^install\.sh: https:\S+ is damaged or was changed on its way: its SHA-256 digest is [\da-f]{64} instead of [\da-f]{64}\. .*Nothing was changed\.\n$/,
      );
      assert.equal(linkedVersion(user), '1.3.0.0');
      assert.deepEqual(readdirSync(join(user.home, '.local/lib/session-manager-plugin')), [
        '1.3.0.0',
      ]);
    });

    it('does nothing when it was cut off', async (t) => {
      const user = newUser(t, site, programs);
      const script = scriptOf(site, '1.3.0.0').trimEnd();
      const lastLine = script.lastIndexOf('\n');
      const ends = [script.length / 3, script.length / 2, lastLine - 1];
      for (let end = lastLine; end < script.length; end++) ends.push(end);
      for (const end of ends) {
        const run = await runScript(t, user, script.slice(0, end), [], shell);
        assert.equal(run.stdout, '', script.slice(end));
        assert.deepEqual(readdirSync(user.home), [], script.slice(end));
      }
    });
  });
}

/** The same with one other bit in the middle. */
function changed(content: Buffer): Buffer {
  const copy = Buffer.from(content);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}
