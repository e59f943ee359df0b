import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';

import {
  createLogFile,
  QUEUE_CHARACTERS,
  type LogFile,
} from '../../../src/logging/file/log-file.ts';
import {
  systemLogFileSystem,
  type AppendHandle,
  type LogFileSystem,
} from '../../../src/logging/file/log-file-system.ts';
import type { RollingRule } from '../../../src/logging/seelog/logging-configuration.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { trackFileSystem, type TrackedFileSystem } from './tracked-file-system.ts';

interface Setup {
  readonly file: LogFile;
  readonly fs: TrackedFileSystem;
  readonly clock: VirtualClock;
  readonly failures: string[];
}

function open(path: string, rolling?: RollingRule, base?: LogFileSystem): Setup {
  const fs = trackFileSystem(base);
  // It is compared with the times of files, which come from the machine's clock.
  const clock = createVirtualClock(Date.now());
  const failures: string[] = [];
  const settings = { rolling, droppedLine: (count: number) => `dropped ${count}\n` };
  const failed = (attempt: string): void => void failures.push(attempt);
  return { file: createLogFile({ path, fs, clock, settings, failed }), fs, clock, failures };
}

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** A file system whose opening for appending waits until the test releases it. */
function heldFileSystem(): { readonly fs: LogFileSystem; readonly release: () => void } {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const openForAppending = (path: string) =>
    held.then(() => systemLogFileSystem.openForAppending(path));
  return { fs: { ...systemLogFileSystem, openForAppending }, release: () => release() };
}

it('lines are appended after those of earlier sessions, in order', async (t) => {
  const path = join(temporaryDirectory(t), 'x.log');
  writeFileSync(path, 'earlier\n');
  const { file } = open(path);
  for (const line of ['one\n', 'two\n', 'größer 🙂\n']) file.append(line);
  await file.flush();
  assert.equal(readFileSync(path, 'utf8'), 'earlier\none\ntwo\ngrößer 🙂\n');
});

it('a line is written without a flush', async (t) => {
  const path = join(temporaryDirectory(t), 'x.log');
  const { file, fs } = open(path);
  file.append('one\n');
  await fs.idle();
  assert.equal(readFileSync(path, 'utf8'), 'one\n');
});

it('file and directories are accessible only to their owner', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'a', 'b', 'x.log');
  const { file } = open(path);
  file.append('one\n');
  await file.flush();
  assert.equal(mode(path), '600');
  assert.equal(mode(join(directory, 'a')), '700');
  assert.equal(mode(join(directory, 'a', 'b')), '700');
});

it('a file deleted meanwhile, even with its directory, is made again', async (t) => {
  const directory = join(temporaryDirectory(t), 'logs');
  const path = join(directory, 'x.log');
  const { file, failures } = open(path);
  for (const line of ['one\n', 'two\n']) {
    file.append(line);
    await file.flush();
    assert.equal(readFileSync(path, 'utf8'), line);
    rmSync(directory, { recursive: true });
  }
  assert.deepEqual(failures, []);
});

it('a full file is rolled between two lines', async (t) => {
  const directory = temporaryDirectory(t);
  const { file } = open(join(directory, 'x.log'), { maxBytes: 20, maxRolls: 2 });
  for (let count = 10; count < 18; count += 1) file.append(`line ${count}..\n`);
  await file.flush();
  const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
  assert.deepEqual(readdirSync(directory), ['x.log', 'x.log.1', 'x.log.2']);
  assert.equal(read('x.log.2'), 'line 12..\nline 13..\n');
  assert.equal(read('x.log.1'), 'line 14..\nline 15..\n');
  assert.equal(read('x.log'), 'line 16..\nline 17..\n');
});

it('a line longer than the whole file is written whole', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'x.log');
  const { file } = open(path, { maxBytes: 1, maxRolls: 5 });
  file.append('one\n');
  file.append('two\n');
  await file.flush();
  assert.equal(readFileSync(path, 'utf8'), 'two\n');
  assert.equal(readFileSync(`${path}.1`, 'utf8'), 'one\n');
});

it('a full file that another session is rolling is appended to', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'x.log');
  writeFileSync(path, 'full\n');
  writeFileSync(`${path}.lock`, '');
  const { file, failures } = open(path, { maxBytes: 1, maxRolls: 5 });
  file.append('one\n');
  await file.flush();
  assert.equal(readFileSync(path, 'utf8'), 'full\none\n');
  assert.deepEqual(failures, []);
});

it('a full file that cannot be rolled is appended to', async (t) => {
  const path = join(temporaryDirectory(t), 'x.log');
  writeFileSync(path, 'full\n');
  const rename = (): Promise<never> => Promise.reject(new Error('the file is in use'));
  const { file, failures } = open(
    path,
    { maxBytes: 1, maxRolls: 5 },
    { ...systemLogFileSystem, rename },
  );
  file.append('one\n');
  await file.flush();
  assert.equal(readFileSync(path, 'utf8'), 'full\none\n');
  assert.deepEqual(failures, ['roll']);
});

it('a new rule for rolling applies from the next line on', async (t) => {
  const path = join(temporaryDirectory(t), 'x.log');
  const { file } = open(path);
  file.append('one\n');
  await file.flush();
  file.configure({ rolling: { maxBytes: 1, maxRolls: 1 }, droppedLine: () => '' });
  file.append('two\n');
  await file.flush();
  assert.equal(readFileSync(`${path}.1`, 'utf8'), 'one\n');
  assert.equal(readFileSync(path, 'utf8'), 'two\n');
});

it('a directory that cannot be made is reported, and later lines are written', async (t) => {
  const obstacle = join(temporaryDirectory(t), 'logs');
  writeFileSync(obstacle, 'a file, not a directory');
  const path = join(obstacle, 'x.log');
  const { file, fs, clock, failures } = open(path);
  file.append('one\n');
  await fs.idle();
  file.append('two\n');
  await fs.idle();
  assert.deepEqual(failures, ['write'], 'it is not tried again at once');
  rmSync(obstacle);
  clock.advance(5000);
  file.append('three\n');
  await fs.idle();
  assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\nthree\n');
  assert.deepEqual(failures, ['write']);
});

it('a flush tries again, even right after a failure', async (t) => {
  const obstacle = join(temporaryDirectory(t), 'logs');
  writeFileSync(obstacle, 'a file, not a directory');
  const { file, fs } = open(join(obstacle, 'x.log'));
  file.append('one\n');
  await fs.idle();
  rmSync(obstacle);
  await file.flush();
  assert.equal(readFileSync(join(obstacle, 'x.log'), 'utf8'), 'one\n');
});

it('a symbolic link is not followed', async (t) => {
  const directory = temporaryDirectory(t);
  const target = join(directory, 'precious');
  symlinkSync(target, join(directory, 'x.log'));
  const { file, failures } = open(join(directory, 'x.log'));
  file.append('one\n');
  await file.flush();
  assert.ok(!existsSync(target));
  assert.deepEqual(failures, ['write']);
});

it('a directory in place of the file is reported', async (t) => {
  const path = join(temporaryDirectory(t), 'x.log');
  mkdirSync(path);
  const { file, failures } = open(path);
  file.append('one\n');
  await file.flush();
  assert.deepEqual(failures, ['write']);
});

it('lines faster than the disk are dropped, and their number is logged', async (t) => {
  const path = join(temporaryDirectory(t), 'x.log');
  const { fs, release } = heldFileSystem();
  const { file } = open(path, undefined, fs);
  const line = `${'x'.repeat(1023)}\n`;
  for (let count = 0; count < QUEUE_CHARACTERS / line.length; count += 1) file.append(line);
  file.append('the last but one\n');
  file.append('the last\n');
  release();
  await file.flush();
  const lines = readFileSync(path, 'utf8').split('\n');
  assert.equal(lines[0], 'dropped 1');
  assert.deepEqual(lines.slice(-3), ['the last but one', 'the last', '']);
  assert.equal(lines.length, QUEUE_CHARACTERS / line.length + 3);
});

/** A file system with room for this many bytes, like a disk that is almost full. */
function fullFileSystem(room: number): {
  readonly fs: LogFileSystem;
  readonly makeRoom: () => void;
} {
  let left = room;
  const openForAppending = async (path: string): Promise<AppendHandle> => {
    const handle = await systemLogFileSystem.openForAppending(path);
    return {
      ...handle,
      append: async (bytes) => {
        if (left === 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        const taken = await handle.append(bytes.subarray(0, left));
        left -= taken;
        return taken;
      },
    };
  };
  return {
    fs: { ...systemLogFileSystem, openForAppending },
    makeRoom: () => {
      left = Infinity;
    },
  };
}

it('lines for a full disk wait for room, and none is lost', async (t) => {
  const path = join(temporaryDirectory(t), 'x.log');
  const { fs, makeRoom } = fullFileSystem('one\ntwo\nth'.length);
  const { file, failures } = open(path, undefined, fs);
  for (const line of ['one\n', 'two\n', 'three\n', 'four\n']) file.append(line);
  await file.flush();
  assert.ok(failures.includes('write'));
  assert.equal(file.unwritten, 2);
  assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\nth');
  makeRoom();
  await file.flush();
  assert.equal(file.unwritten, 0);
  assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\nth\nthree\nfour\n');
});

it('lines that did not fit into memory while the disk was full are counted', async (t) => {
  const path = join(temporaryDirectory(t), 'x.log');
  const { fs, makeRoom } = fullFileSystem(0);
  const { file } = open(path, undefined, fs);
  const line = `${'x'.repeat(1023)}\n`;
  const fitting = QUEUE_CHARACTERS / line.length;
  for (let count = 0; count < fitting + 2; count += 1) file.append(line);
  await file.flush();
  file.append(line);
  await file.flush();
  makeRoom();
  await file.flush();
  const lines = readFileSync(path, 'utf8').split('\n');
  assert.equal(lines[0], 'dropped 3');
  assert.equal(lines.length, fitting + 2);
});

it('lines added while others are being written follow them', async (t) => {
  const path = join(temporaryDirectory(t), 'x.log');
  const { fs, release } = heldFileSystem();
  const { file } = open(path, undefined, fs);
  file.append('one\n');
  const drain = file.flush();
  file.append('two\n');
  release();
  await drain;
  assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\n');
});
