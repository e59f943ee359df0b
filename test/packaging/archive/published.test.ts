import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { runTool } from '../../../build/tool.ts';
import { runCommandPiped, startCommandPiped } from '../../program/support/piped-program.ts';
import { startSession } from '../../program/support/target.ts';
import { spawnSync } from '../../support/child-process.ts';
import { VERSION } from '../../support/product.ts';
import { requireTools } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { BSDTAR } from '../../support/tools.ts';
import { packagePath } from '../support/made-targets.ts';
import { requirePackages } from '../support/packages.ts';

const SHA256SUM = { program: 'sha256sum', debianPackage: 'coreutils' };
const NAME = `session-manager-plugin-${VERSION}-linux-x64`;
const ARCHIVE = `${NAME}.tar.gz`;

/** Unpacks the archive as a user would. @returns the directory that it contains */
function unpacked(t: TestContext): string {
  const directory = join(temporaryDirectory(t), 'with spaces');
  mkdirSync(directory);
  runTool(BSDTAR, ['-xf', packagePath(ARCHIVE), '-C', directory]);
  return join(directory, NAME);
}

describe('the plain archive', () => {
  it('runs from any directory: version, installation, a session and its log', async (t) => {
    if (!requireTools(t, BSDTAR) || !requirePackages(t, ARCHIVE)) return;
    const installed = unpacked(t);
    const program = join(installed, 'bin', 'session-manager-plugin');
    const version = await runCommandPiped(t, [program, '--version']);
    assert.deepEqual(version, { status: 0, stdout: `${VERSION}\n`, stderr: '' });
    const { stdout } = await runCommandPiped(t, [program, '--version', '--verbose']);
    assert.match(stdout, /^target +linux-x64\ninstall +archive$/m);

    // The directory of the archive is that of the installation: the log is configured there.
    const log = join(installed, 'logs', 'session-manager-plugin.log');
    const template = readFileSync(join(installed, 'seelog.xml.template'), 'utf8');
    const configuration = template
      .replaceAll('minlevel="off"', 'minlevel="info"')
      .replaceAll('/usr/local/sessionmanagerplugin/logs', join(installed, 'logs'));
    writeFileSync(join(installed, 'seelog.xml'), configuration);

    const { args } = await startSession(t);
    const session = startCommandPiped(t, [program, ...args]);
    session.stdin.end('echo $((6 * 7))\n');
    assert.deepEqual(await session.end(), { status: 0, signal: null });
    assert.match(session.stdout.text, /^42\r$/m);
    assert.equal(session.stderr.text, '');
    assert.match(readFileSync(log, 'utf8'), / INFO /);
  });

  it('contains licences, guides, the manual page and the completion scripts', (t) => {
    if (!requireTools(t, BSDTAR) || !requirePackages(t, ARCHIVE)) return;
    const listed = runTool(BSDTAR, ['-tf', packagePath(ARCHIVE)])
      .toString('utf8')
      .split('\n');
    for (const file of [
      ...['LICENSE', 'NOTICE', 'THIRD-PARTY', 'README.md', 'RELEASENOTES.md', 'VERSION'],
      ...['docs/install.md', 'share/man/man1/session-manager-plugin.1'],
      ...['bash', 'fish'].map((shell) => `share/completions/session-manager-plugin.${shell}`),
      'share/completions/_session-manager-plugin',
    ]) {
      assert.ok(listed.includes(`${NAME}/${file}`), file);
    }
  });

  it('is checked by the list of digests beside it, without any other download', (t) => {
    if (!requireTools(t, SHA256SUM) || !requirePackages(t, ARCHIVE)) return;
    const cwd = temporaryDirectory(t);
    for (const file of [ARCHIVE, 'SHA256SUMS']) copyFileSync(packagePath(file), join(cwd, file));
    const check = (): ReturnType<typeof spawnSync> =>
      spawnSync('sha256sum', ['--check', '--ignore-missing', 'SHA256SUMS'], {
        cwd,
        encoding: 'utf8',
      });
    const { status, stdout } = check();
    assert.deepEqual({ status, stdout }, { status: 0, stdout: `${ARCHIVE}: OK\n` });
    truncateSync(join(cwd, ARCHIVE), 1_000_000);
    assert.equal(check().status, 1);
  });
});
