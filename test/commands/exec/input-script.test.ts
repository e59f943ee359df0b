import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync, symlinkSync, watch } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { spawn as spawnPty, type Pty } from 'node-pty';
import { findTool } from '../../../build/tool.ts';
import { inputScript } from '../../../src/commands/exec/input/input-script.ts';
import { spawn } from '../../support/child-process.ts';
import { pathOfShell, POSIX_SHELLS, type PosixShell } from '../../support/posix-shells.ts';
import { seeded } from '../../support/random.ts';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { DASH } from '../../support/tools.ts';

/** The script in a raw terminal, as the agent runs it: in a child of the process that leads the terminal's session. */
interface RunningScript {
  readonly pty: Pty;
  /** $TMPDIR of the script. */
  readonly directory: string;
  /** Resolves when what it has printed fits. */
  readonly until: (pattern: RegExp) => Promise<RegExpExecArray>;
}

const runScript = (t: TestContext, shell: PosixShell): RunningScript =>
  runOnPath(t, pathOfShell(t, shell));

function runOnPath(t: TestContext, path: string): RunningScript {
  const directory = temporaryDirectory(t);
  const script = `stty raw -echo\n(\n${inputScript('input-of-test')}\n)\necho "status $?"\nexec sleep 1000`;
  const pty = spawnPty(join(path.split(':')[0] ?? '', 'sh'), ['-c', script], {
    cols: 80,
    rows: 24,
    env: { PATH: path, TMPDIR: directory },
    encoding: null,
  });
  let output = '';
  const watchers = new Set<() => void>();
  pty.onData((bytes) => {
    output += bytes.toString('latin1');
    for (const watcher of watchers) watcher();
  });
  t.after(() => pty.kill('SIGKILL'));
  return {
    pty,
    directory,
    until: (pattern) =>
      new Promise((resolve) => {
        const check = (): void => {
          const found = pattern.exec(output);
          if (found !== null) resolve(found);
        };
        watchers.add(check);
        check();
      }),
  };
}

/** Resolves when a directory has no entry any more. */
function untilEmpty(t: TestContext, directory: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(directory, () => check());
    t.after(() => watcher.close());
    const check = (): void => {
      if (readdirSync(directory).length === 0) resolve();
    };
    check();
  });
}

const header = (length: number): Buffer => Buffer.from(String(length).padEnd(8, '\n'));

/** A command of the target that reads the FIFO. */
function readFifo(t: TestContext, fifo: string, command: readonly string[]): Promise<Buffer> {
  const child = spawn('sh', ['-c', 'exec "$@" <"$0"', fifo, ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.on('close', () => resolve(Buffer.concat(chunks)));
  });
}

describe('the script that carries the input of a command', () => {
  for (const shell of POSIX_SHELLS) {
    describe(`in ${shell.name}`, needs(shell.tool), () => {
      it('passes on chunks byte for byte, acknowledges each, and closes the FIFO at the end', (t) =>
        seeded(async (random) => {
          const script = runScript(t, shell);
          const [, fifo = ''] = await script.until(/^(\/.*\/input)\n/);
          assert.equal(statSync(join(fifo, '..')).mode & 0o777, 0o700);
          const read = readFifo(t, fifo, ['cat']);
          const chunks = [
            Buffer.from('~.\r\n\x03\x04\x11\x13\x1a\x1c\x7f'),
            Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
            random.bytes(32 * 1024),
          ];
          for (const chunk of chunks) {
            script.pty.write(header(chunk.length));
            script.pty.write(chunk);
          }
          await script.until(/\/input\n11\n256\n32768\n$/);
          script.pty.write(header(0));
          assert.deepEqual(await read, Buffer.concat(chunks));
          await script.until(/\nend\nstatus 0\n/);
          assert.deepEqual(readdirSync(script.directory), []);
        }));

      it('ends well when the command closes its input before that', async (t) => {
        const script = runScript(t, shell);
        const [, fifo = ''] = await script.until(/^(\/.*\/input)\n/);
        const read = readFifo(t, fifo, ['sh', '-c', 'read -r line; echo "$line"']);
        script.pty.write(header(2));
        script.pty.write('a\n');
        assert.equal((await read).toString(), 'a\n');
        script.pty.write(header(2));
        script.pty.write('b\n');
        await script.until(/\nend\nstatus 0\n/);
      });

      it('leaves nothing when the terminal hangs up before the command reads', async (t) => {
        const script = runScript(t, shell);
        const [, fifo = ''] = await script.until(/^(\/.*\/input)\n/);
        assert.ok(existsSync(fifo));
        // As the agent ends a session: the first process is killed, and the terminal hangs up.
        process.kill(script.pty.pid, 'SIGKILL');
        await untilEmpty(t, script.directory);
      });
    });
  }

  it('reports that it can make no directory', needs(DASH), async (t) => {
    const path = temporaryDirectory(t);
    for (const tool of [DASH, { program: 'stty', debianPackage: 'coreutils' }]) {
      symlinkSync(findTool(tool) ?? '', join(path, tool === DASH ? 'sh' : 'stty'));
    }
    await runOnPath(t, path).until(/status 3\n/);
  });
});
