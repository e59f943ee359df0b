import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rm,
  writeFile,
} from 'node:fs/promises';
import { arch, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loaderFinds } from '../../build/runtime/shared-library.mjs';
import { spawnSync } from '../support/child-process.ts';
import { collect, createProject, LOCK, runtimesOf, type Project } from './support/small-project.ts';

/** Only glibc has one. */
function loaderListsLibraries(): boolean {
  return !loaderFinds('libnowhere.so.9');
}

describe('with-runtime', () => {
  let directory = '';
  let project: Project;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'with-runtime-'));
  });
  after(() => rm(directory, { recursive: true }));

  const fresh = async (): Promise<Project> =>
    createProject(await mkdtemp(join(directory, 'project-')));

  describe('passes through', () => {
    before(async () => {
      project = await fresh();
    });

    it('the exit status', async () => {
      assert.equal((await project.run(['-e', 'process.exitCode = 7'])).status, 7);
    });

    it('arguments and standard input', async () => {
      const script = 'console.log(process.argv.slice(1)); process.stdin.pipe(process.stdout)';
      const child = project.start(['-e', script, 'one', 'two words']);
      const outcome = collect(child);
      child.stdin?.end('typed');
      assert.equal((await outcome).stdout, "[ 'one', 'two words' ]\ntyped");
    });

    it('a signal to the child, and the way the child ends', async () => {
      for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
        const script = `process.on('${signal}', () => process.exit(9)); process.stdout.write('up'); setInterval(() => {}, 1000)`;
        const child = project.start(['-e', script]);
        const outcome = collect(child);
        child.stdout?.once('data', () => child.kill(signal));
        assert.equal((await outcome).status, 9, signal);
      }
    });

    it('death by a signal', async () => {
      const { signal } = await project.run(['-e', "process.kill(process.pid, 'SIGKILL')"]);
      assert.equal(signal, 'SIGKILL');
    });
  });

  // Without that, `script` as the first process of a container hangs (seen with util-linux 2.38.1).
  it('takes in the processes that a program leaves running', async (t) => {
    if (platform() !== 'linux' || !existsSync('/usr/bin/perl')) {
      t.skip('needs Linux and perl');
      return;
    }
    project = await fresh();
    // The remaining process prints its parent after its first parent has ended.
    const left = `process.stdin.resume().on('end', () => console.log(process.ppid))`;
    const first = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(left)}], { stdio: 'inherit' }).unref()`;
    const script = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(first)}], { stdio: ['pipe', 'inherit', 'inherit'] });
      child.on('exit', () => { console.log(process.ppid); child.stdin.end(); });
    `;
    const { stdout, status } = await project.run(['-e', script]);
    assert.equal(status, 0);
    assert.match(stdout, /^(\d+)\n\1\n$/);
  });

  // Otherwise `script`, as the first process of a container, waits for them, and ends with the status of the last one.
  it('ends the processes that a program leaves running, also one that ignores SIGTERM', async (t) => {
    if (platform() !== 'linux' || !existsSync('/usr/bin/perl')) {
      t.skip('needs Linux and perl');
      return;
    }
    project = await fresh();
    const left = `trap '' TERM HUP; echo $$; exec sleep 60`;
    const script = `
      const child = require('node:child_process').spawn('sh', ['-c', ${JSON.stringify(left)}], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
      child.stdout.once('data', (id) => { process.stdout.write(id); process.exit(7); });
    `;
    const { stdout, status } = await project.run(['-e', script]);
    assert.equal(status, 7);
    assert.throws(() => process.kill(Number(stdout), 0), { code: 'ESRCH' });
  });

  describe('dependencies', () => {
    it('are installed when they are not those of the lock file, and only then', async () => {
      project = await fresh();
      assert.equal((await project.run(['-e', ''])).status, 0);
      assert.deepEqual(await project.npmCalls(), []);

      await project.write('package-lock.json', LOCK.replace('1.0.0', '1.0.1'));
      assert.equal((await project.run(['-e', ''])).status, 0);
      assert.equal((await project.run(['-e', ''])).status, 0);
      assert.deepEqual(await project.npmCalls(), [
        'ci --no-audit --no-fund --no-progress --loglevel=error',
      ]);
    });

    it('are installed once by runs at the same time', async () => {
      project = await fresh();
      await project.write('package-lock.json', LOCK.replace('1.0.0', '1.0.1'));
      const outcomes = await Promise.all([1, 2, 3, 4].map(() => project.run(['-p', '42'])));
      assert.deepEqual(
        outcomes.map(({ stdout }) => stdout),
        ['42\n', '42\n', '42\n', '42\n'],
      );
      assert.equal((await project.npmCalls()).length, 1);
    });

    it('are not missed for another platform', async () => {
      project = await fresh();
      const optional = '"node_modules/b":{"version":"1.0.0","optional":true}';
      await project.write('package-lock.json', LOCK.replace('}}}', `},${optional}}}`));
      assert.equal((await project.run(['-e', ''])).status, 0);
      assert.deepEqual(await project.npmCalls(), []);
    });

    it('are installed although the run that was installing has died', async () => {
      project = await fresh();
      await project.write('package-lock.json', LOCK.replace('1.0.0', '1.0.1'));
      const dead = spawnSync(process.execPath, ['-e', '']);
      const place = createHash('sha256')
        .update(await realpath(project.root))
        .digest('hex');
      const lock = join(
        'cache',
        'session-manager-plugin',
        'locks',
        `dependencies-${place.slice(0, 16)}`,
      );
      await project.write(lock, String(dead.pid));
      assert.equal((await project.run(['-e', ''])).status, 0);
      assert.equal((await project.npmCalls()).length, 1);
      assert.deepEqual(await readdir(join(project.root, lock, '..')), []);
    });
  });

  describe('the runtime', () => {
    /** Makes the archive that the registry would serve: a runtime that prints its version. */
    const makeArchive = async (place: string, version: string): Promise<string> => {
      const bin = join(place, 'package', 'bin');
      await mkdir(bin, { recursive: true });
      const script = `#!/bin/sh\n[ "$1" = --version ] && { echo v${version}; exit; }\nshift\nexec "${process.execPath}" "$@"\n`;
      await writeFile(join(bin, 'node'), script);
      await chmod(join(bin, 'node'), 0o755);
      const archive = join(place, 'archive.tgz');
      const tar = spawnSync('tar', ['-czf', archive, '-C', place, 'package']);
      assert.equal(tar.status, 0);
      return `sha512-${createHash('sha512')
        .update(await readFile(archive))
        .digest('base64')}`;
    };
    const pin = (integrity: string, version = '99.0.0', more = {}): string =>
      JSON.stringify({
        [`${platform()}-${arch()}`]: {
          package: 'node-somewhere',
          megabytes: 3,
          version,
          integrity,
          ...more,
        },
      });
    const PINNED = { SSM_PLUGIN_NODE_RUNTIME: '' } as const;

    it('is fetched once and kept; a message names it, its size and its place', async () => {
      const place = await mkdtemp(join(directory, 'project-'));
      project = await createProject(place);
      await project.write('build/runtimes.json', pin(await makeArchive(place, '99.0.0')));
      const word = `Downloading node-somewhere@99.0.0 (3 MB) to ${runtimesOf(project)}\n`;
      for (const [script, stderr] of [
        ['1', word],
        ['2', ''],
      ] as const) {
        const outcome = await project.run(['-p', script], PINNED);
        assert.deepEqual(outcome, { status: 0, signal: null, stdout: `${script}\n`, stderr });
      }
      assert.deepEqual(await project.npmCalls(), [
        'pack node-somewhere@99.0.0 --silent --cache=npm-cache',
      ]);
      assert.deepEqual(await readdir(runtimesOf(project)), [`node-99.0.0-${platform()}-${arch()}`]);
    });

    it('is refused when it is not the pinned one, and nothing of it stays', async () => {
      const place = await mkdtemp(join(directory, 'project-'));
      project = await createProject(place);
      await makeArchive(place, '99.0.0');
      await project.write('build/runtimes.json', pin('sha512-another'));
      const outcome = await project.run(['-p', '42'], PINNED);
      assert.equal(outcome.status, 1);
      assert.equal(outcome.stdout, '');
      assert.match(outcome.stderr, /node-somewhere@99\.0\.0 is not the archive .* sha512-another/);
      assert.deepEqual(await readdir(runtimesOf(project)), []);
    });

    it('is refused when it does not run here', async () => {
      const place = await mkdtemp(join(directory, 'project-'));
      project = await createProject(place);
      await project.write('build/runtimes.json', pin(await makeArchive(place, '98.0.0')));
      const outcome = await project.run(['-p', '42'], PINNED);
      assert.equal(outcome.status, 1);
      assert.match(outcome.stderr, /does not run here/);
    });

    it('is another one where a library is missing that it needs', async (t) => {
      if (!loaderListsLibraries()) {
        t.skip('the loader of this system has no list of libraries');
        return;
      }
      const place = await mkdtemp(join(directory, 'project-'));
      project = await createProject(place);
      const version = '98.0.0';
      const integrity = await makeArchive(place, version);
      const substitute = { without: 'libnowhere.so.9', version, integrity };
      await project.write('build/runtimes.json', pin('sha512-another', '99.0.0', { substitute }));
      const outcome = await project.run(['-p', '42'], PINNED);
      assert.equal(outcome.stdout, '42\n');
      assert.match(
        outcome.stderr,
        /^libnowhere\.so\.9 is missing, which Node\.js 99\.0\.0 needs\. Node\.js 98\.0\.0 runs the build instead\.\nDownloading node-somewhere@98/,
      );
      assert.equal((await project.run(['-p', '42'], PINNED)).stderr, '');
    });

    it('can be named, and a wrong name is reported', async () => {
      project = await fresh();
      const named = await project.run(['-p', 'process.execPath']);
      assert.equal(named.stdout.trim(), process.execPath);
      const wrong = await project.run(['-p', '42'], { SSM_PLUGIN_NODE_RUNTIME: '/nowhere/node' });
      assert.equal(wrong.status, 1);
      assert.match(wrong.stderr, /there is no \/nowhere\/node/);
    });

    it('is missed for a machine that has none', async () => {
      project = await fresh();
      await project.write('build/runtimes.json', '{}');
      const outcome = await project.run(['-p', '42'], PINNED);
      assert.equal(outcome.status, 1);
      assert.match(outcome.stderr, /no runtime for .*SSM_PLUGIN_NODE_RUNTIME/);
    });
  });
});
