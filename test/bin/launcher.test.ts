import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { INSTALLED, VERSION } from '../support/product.ts';
import { execFile } from '../support/child-process.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const LAUNCHER = join(ROOT, 'bin', 'session-manager-plugin');

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly path?: string } = {},
): Promise<Outcome> {
  // The launcher's first line asks PATH for node.
  const path = [dirname(process.execPath), options.path ?? '', process.env['PATH'] ?? ''];
  return new Promise((resolve) => {
    execFile(
      file,
      args,
      { cwd: options.cwd ?? ROOT, env: { ...process.env, PATH: path.join(delimiter) } },
      (error, stdout, stderr) =>
        resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

describe('the launcher', () => {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'launcher-'));
  });
  after(() => rm(directory, { recursive: true }));

  it('runs the program from any directory', async () => {
    assert.deepEqual(await run(LAUNCHER, [], { cwd: directory }), {
      status: 0,
      stdout: INSTALLED,
      stderr: '',
    });
  });

  it('runs the program through a chain of links on PATH', async () => {
    const links = join(directory, 'with a space');
    await mkdir(links);
    await symlink(LAUNCHER, join(links, 'first'));
    await symlink('first', join(links, 'session-manager-plugin'));
    const outcome = await run('session-manager-plugin', ['--version'], {
      cwd: directory,
      path: links,
    });
    assert.equal(outcome.stdout, `${VERSION}\n`);
    assert.equal(outcome.status, 0);
  });

  it("ends with the program's exit status", async () => {
    const { status, stdout } = await run(LAUNCHER, ['unheard-of']);
    assert.notEqual(status, 0);
    assert.match(stdout, /Unknown operation unheard-of/);
  });

  it('explains what to do while the program is not built', async () => {
    const bin = join(directory, 'unbuilt', 'bin');
    await mkdir(bin, { recursive: true });
    await copyFile(LAUNCHER, join(bin, 'session-manager-plugin'));
    await copyFile(join(ROOT, 'bin', 'package.json'), join(bin, 'package.json'));
    const outcome = await run(join(bin, 'session-manager-plugin'), []);
    assert.equal(outcome.status, 1);
    assert.equal(outcome.stdout, '');
    assert.match(outcome.stderr, /run "npm run build" in .*unbuilt/);
  });
});
