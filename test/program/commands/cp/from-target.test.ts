import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TARGET } from '../../support/target.ts';
import { SYSFS_FILE, WITH_SYSFS } from './support/kernel-files.ts';
import { startTwoMachines } from './support/two-machines.ts';

const MODIFIED = new Date('2020-02-03T04:05:06Z');

/** Names that a shell, a program or a text format could take for something else. */
const NAMES = [
  'a b',
  "it's",
  '"$HOME"',
  '-rf',
  'line\nfeed\n',
  'Zürich',
  '%s\\n',
  '*',
  '$(reboot)',
] as const;

describe('cp from a target', () => {
  it('copies a file, and reports it in one line', async (t) => {
    const { here, there, cp, checkNothingLeft } = await startTwoMachines(t);
    const content = randomBytes(3_000_017);
    writeFileSync(join(there, 'data.bin'), content, { mode: 0o640 });
    const { status, stdout, stderr } = await cp('T:data.bin', 'copy.bin');
    assert.match(
      stderr,
      new RegExp(
        `^Copied ${TARGET}:data\\.bin to copy\\.bin: 2\\.9 MiB in \\d+:\\d\\d \\(.*/s\\)\\n$`,
      ),
    );
    assert.deepEqual({ status, stdout }, { status: 0, stdout: '' });
    assert.ok(readFileSync(join(here, 'copy.bin')).equals(content));
    assert.equal(statSync(join(here, 'copy.bin')).mode & 0o7777, 0o640);
    await checkNothingLeft();
  });

  it('copies names of any bytes, several at a time', async (t) => {
    const { here, there, cp } = await startTwoMachines(t);
    for (const name of NAMES) writeFileSync(join(there, name), name);
    const { status } = await cp('--quiet', ...NAMES.map((name) => `T:${name}`), '.');
    assert.equal(status, 0);
    for (const name of NAMES) assert.equal(readFileSync(join(here, name), 'utf8'), name);
  });

  it('copies files of 0 bytes, of 1 byte, and such as have no size', async (t) => {
    const { here, there, cp } = await startTwoMachines(t);
    writeFileSync(join(there, 'empty'), '');
    writeFileSync(join(there, 'one'), 'x');
    assert.equal((await cp('-q', 'T:empty', 'T:one', 'T:/proc/version', '.')).status, 0);
    assert.equal(readFileSync(join(here, 'empty'), 'utf8'), '');
    assert.equal(readFileSync(join(here, 'one'), 'utf8'), 'x');
    assert.equal(
      readFileSync(join(here, 'version'), 'utf8'),
      readFileSync('/proc/version', 'utf8'),
    );
  });

  it('replaces an old file, and what a link points to', async (t) => {
    const { here, there, cp } = await startTwoMachines(t);
    writeFileSync(join(there, 'f'), 'new');
    writeFileSync(join(here, 'f'), 'old');
    writeFileSync(join(here, 'other'), 'old');
    symlinkSync('other', join(here, 'link'));
    assert.equal((await cp('-q', 'T:f', '.')).status, 0);
    assert.equal((await cp('-q', 'T:f', 'link')).status, 0);
    assert.equal(readFileSync(join(here, 'f'), 'utf8'), 'new');
    assert.equal(readFileSync(join(here, 'other'), 'utf8'), 'new');
    assert.deepEqual(readdirSync(here).sort(), ['f', 'link', 'other']);
  });

  it('keeps the time and all permissions with -p', async (t) => {
    const { here, there, cp } = await startTwoMachines(t);
    writeFileSync(join(there, 'f'), 'x');
    chmodSync(join(there, 'f'), 0o666);
    utimesSync(join(there, 'f'), MODIFIED, MODIFIED);
    assert.equal((await cp('-q', '-p', 'T:f', 'kept')).status, 0);
    assert.equal((await cp('-q', 'T:f', 'new')).status, 0);
    assert.deepEqual(statSync(join(here, 'kept')).mtime, MODIFIED);
    assert.equal(statSync(join(here, 'kept')).mode & 0o777, 0o666);
    assert.ok(statSync(join(here, 'new')).mtime > MODIFIED);
    assert.equal(statSync(join(here, 'new')).mode & 0o777, 0o644);
  });

  it('keeps the permissions of the file that it replaces', async (t) => {
    const { here, there, cp } = await startTwoMachines(t);
    writeFileSync(join(there, 'f'), 'new', { mode: 0o644 });
    writeFileSync(join(here, 'f'), 'old', { mode: 0o600 });
    assert.equal((await cp('-q', 'T:f', '.')).status, 0);
    assert.equal(readFileSync(join(here, 'f'), 'utf8'), 'new');
    assert.equal(statSync(join(here, 'f')).mode & 0o7777, 0o600);
    assert.equal((await cp('-q', '-p', 'T:f', '.')).status, 0);
    assert.equal(statSync(join(here, 'f')).mode & 0o7777, 0o644);
  });

  it('copies a file of the kernel whose size is that of a page', WITH_SYSFS, async (t) => {
    const { here, cp } = await startTwoMachines(t);
    const content = readFileSync(SYSFS_FILE, 'utf8');
    const { status, stdout } = await cp('--json', `T:${SYSFS_FILE}`, 'f');
    assert.equal(status, 0);
    assert.equal(readFileSync(join(here, 'f'), 'utf8'), content);
    const copied = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as object;
    assert.partialDeepStrictEqual(copied, {
      event: 'copied',
      bytes: content.length,
      total: content.length,
    });
    assert.deepEqual(await cp('-q', `T:${SYSFS_FILE}`, '-'), {
      status: 0,
      stdout: content,
      stderr: '',
    });
  });

  it('writes to stdout, and nothing else', async (t) => {
    const { there, start } = await startTwoMachines(t);
    const content = randomBytes(300_000);
    writeFileSync(join(there, 'f'), content);
    const program = start(['-q', 'T:f', '-']);
    assert.equal((await program.end()).status, 0);
    assert.ok(program.stdout.bytes.equals(content));
    assert.equal(program.stderr.text, '');
  });

  it('writes no events among the bytes on stdout', async (t) => {
    const { there, cp } = await startTwoMachines(t);
    writeFileSync(join(there, 'f'), 'content');
    const result = await cp('--json', 'T:f', '-');
    assert.deepEqual(result, { status: 0, stdout: 'content', stderr: '' });
  });

  it('ends when the reader of stdout does', async (t) => {
    const { there, start, checkNothingLeft } = await startTwoMachines(t);
    writeFileSync(join(there, 'f'), randomBytes(30_000_000));
    const program = start(['-q', 'T:f', '-']);
    program.stdoutPipe.once('data', () => program.stdoutPipe.destroy());
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    await checkNothingLeft();
  });

  it('reports each change as JSON', async (t) => {
    const { there, cp } = await startTwoMachines(t);
    writeFileSync(join(there, 'f'), 'x');
    const { status, stdout, stderr } = await cp('--json', 'T:f', 'T:missing', '.');
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    assert.deepEqual(
      events.map(({ event, source }) => [event, source]),
      [
        ['started', `${TARGET}:f`],
        ['copied', `${TARGET}:f`],
        ['failed', `${TARGET}:missing`],
      ],
    );
    assert.equal(status, 255);
    assert.match(stderr, /^\{"error":\{.*"code":"copy-source-missing"/);
  });
});

describe('cp from a target fails with one sentence', () => {
  const cases = [
    ['for a file that does not exist', ['T:missing', '.'], /^"\/.*\/missing" does not exist on /],
    ['for a directory without -r', ['T:dir', '.'], /^"\/.*\/dir" on .* is a directory\. Add -r /],
    ['for a device', ['T:/dev/null', '.'], /^"\/dev\/null" on .* is neither a file nor/],
    ['for a directory here that does not exist', ['T:f', 'no/f'], /^The directory "no" does not/],
    ['for several sources without a directory', ['T:f', 'T:g', 'new'], /^The directory "new" does/],
    [
      'for a directory in the place of a file',
      ['T:f', 'place'],
      /^"\/.*\/place\/f" is a directory/,
    ],
  ] as const;
  for (const [name, args, message] of cases) {
    it(name, async (t) => {
      const { here, there, cp, checkNothingLeft } = await startTwoMachines(t);
      writeFileSync(join(there, 'f'), 'x');
      mkdirSync(join(there, 'dir'));
      mkdirSync(join(here, 'place', 'f'), { recursive: true });
      const { status, stderr } = await cp(...args);
      assert.match(stderr, new RegExp(`^session-manager-plugin: ${message.source.slice(1)}`));
      assert.equal(stderr.trim().split('\n').length, 1);
      assert.equal(status, 255);
      await checkNothingLeft();
    });
  }

  it('and leaves the old file as it was', async (t) => {
    const { here, cp, checkNothingLeft } = await startTwoMachines(t);
    writeFileSync(join(here, 'f'), 'old');
    assert.equal((await cp('-q', 'T:missing', 'f')).status, 255);
    assert.equal(readFileSync(join(here, 'f'), 'utf8'), 'old');
    await checkNothingLeft();
  });

  it('for one source, and copies the others', async (t) => {
    const { here, there, cp } = await startTwoMachines(t);
    writeFileSync(join(there, 'a'), 'a');
    writeFileSync(join(there, 'b'), 'b');
    const { status, stderr } = await cp('-q', 'T:a', 'T:missing', 'T:b', '.');
    assert.equal(status, 255);
    assert.match(stderr, /missing" does not exist/);
    assert.deepEqual(readdirSync(here).sort(), ['a', 'b']);
  });
});
