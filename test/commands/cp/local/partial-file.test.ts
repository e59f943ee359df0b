import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
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
import {
  createPartialFile,
  resumePartialFile,
} from '../../../../src/commands/cp/local/partial-file.ts';
import { temporaryPath } from '../../../../src/commands/cp/local/temporary-path.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const NEVER = new AbortController().signal;
const UID = process.getuid?.();
const PID = 4711;
/** No other program runs. */
const ALONE = { uid: UID, pid: PID, isRunning: () => false };
const ROOT = { obstacle: UID === 0 ? undefined : 'only root can give a file to other users' };
const PLAIN = { mode: 0o640, changesMode: false, modifiedAt: undefined };

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

describe('a file that cp writes', () => {
  it('replaces an older file only when it is published', async (t) => {
    const directory = temporaryDirectory(t);
    const path = join(directory, 'notes.txt');
    writeFileSync(path, 'old');
    const partial = await createPartialFile(Buffer.from(path), 'abc');
    await partial.write(Buffer.from('new '));
    await partial.write(Buffer.from('text'));
    assert.equal(readFileSync(path, 'utf8'), 'old');
    assert.deepEqual(readdirSync(directory), ['.notes.txt.abc.part', 'notes.txt']);
    assert.equal(partial.digest(), sha256('new text'));
    await partial.publish(PLAIN);
    assert.equal(readFileSync(path, 'utf8'), 'new text');
    assert.deepEqual(readdirSync(directory), ['notes.txt']);
  });

  it('can be read by this user alone until then', async (t) => {
    const path = join(temporaryDirectory(t), 'a');
    const partial = await createPartialFile(Buffer.from(path), 'abc');
    t.after(() => partial.discard());
    assert.equal(statSync(partial.path).mode & 0o777, 0o600);
  });

  it('gets the time of its source', async (t) => {
    const path = join(temporaryDirectory(t), 'a');
    const partial = await createPartialFile(Buffer.from(path), 'abc');
    const modifiedAt = Date.UTC(2020, 1, 3, 4, 5, 6);
    await partial.publish({ mode: 0o644, changesMode: true, modifiedAt });
    assert.equal(statSync(path).mtimeMs, modifiedAt);
  });

  it('gets no bit for set-user-id', async (t) => {
    const path = join(temporaryDirectory(t), 'a');
    const partial = await createPartialFile(Buffer.from(path), 'abc');
    await partial.publish({ ...PLAIN, mode: 0o6755 });
    assert.equal(statSync(path).mode & 0o7777, 0o755);
  });

  it('is removed at once when it is discarded', async (t) => {
    const directory = temporaryDirectory(t);
    const partial = await createPartialFile(Buffer.from(join(directory, 'a')), 'abc');
    await partial.write(Buffer.from('x'));
    partial.discard();
    assert.deepEqual(readdirSync(directory), []);
  });

  it('is not written through a link that another user has put in its place', async (t) => {
    const directory = temporaryDirectory(t);
    const victim = join(directory, 'victim');
    writeFileSync(victim, 'unharmed');
    symlinkSync(victim, join(directory, '.a.abc.part'));
    const path = Buffer.from(join(directory, 'a'));
    await assert.rejects(createPartialFile(path, 'abc'), { code: 'copy-unwritable' });
    await assert.rejects(resumePartialFile(path, 'abc', ALONE, NEVER), { code: 'copy-unwritable' });
    assert.equal(readFileSync(victim, 'utf8'), 'unharmed');
  });

  it('has a name that is not too long', async (t) => {
    const path = join(temporaryDirectory(t), 'x'.repeat(255));
    const partial = await createPartialFile(Buffer.from(path), '0123456789ab');
    await partial.publish(PLAIN);
    assert.ok(lstatSync(path).isFile());
  });

  it('is reported with its path when it cannot be written', async (t) => {
    const path = join(temporaryDirectory(t), 'missing', 'a');
    await assert.rejects(createPartialFile(Buffer.from(path), 'abc'), {
      code: 'copy-unwritable',
      problem: `"${path}" cannot be written: no such file or directory (ENOENT).`,
    });
  });
});

describe('a partial file of an earlier copy', () => {
  it('is continued', async (t) => {
    const path = Buffer.from(join(temporaryDirectory(t), 'a'));
    const first = await resumePartialFile(path, 'abc', ALONE, NEVER);
    assert.equal(first.resumedAt, 0);
    await first.write(Buffer.from('one '));
    await first.keep();
    const second = await resumePartialFile(path, 'abc', ALONE, NEVER);
    assert.equal(second.resumedAt, 4);
    assert.equal(second.digest(), sha256('one '));
    await second.write(Buffer.from('two'));
    assert.equal(second.digest(), sha256('one two'));
    await second.publish(PLAIN);
    assert.equal(readFileSync(path, 'utf8'), 'one two');
  });

  it('is not read to its end when the user stops the copy, and stays', async (t) => {
    const path = Buffer.from(join(temporaryDirectory(t), 'a'));
    const partial = temporaryPath(path, 'abc');
    writeFileSync(partial, 'one', { mode: 0o600 });
    const stopped = AbortSignal.abort(new Error('stopped'));
    await assert.rejects(resumePartialFile(path, 'abc', ALONE, stopped), { message: 'stopped' });
    assert.equal(readFileSync(partial, 'utf8'), 'one');
  });

  it('is written from its start when it is not that of the source', async (t) => {
    const path = Buffer.from(join(temporaryDirectory(t), 'a'));
    writeFileSync(temporaryPath(path, 'abc'), 'something else', { mode: 0o600 });
    const partial = await resumePartialFile(path, 'abc', ALONE, NEVER);
    await partial.clear();
    assert.equal(partial.resumedAt, 0);
    await partial.write(Buffer.from('x'));
    assert.equal(partial.digest(), sha256('x'));
    await partial.publish(PLAIN);
    assert.equal(readFileSync(path, 'utf8'), 'x');
  });

  it('has the same name after it was continued, and another one meanwhile', async (t) => {
    const directory = temporaryDirectory(t);
    const path = Buffer.from(join(directory, 'a'));
    const partial = await resumePartialFile(path, 'abc', ALONE, NEVER);
    await partial.write(Buffer.from('one'));
    assert.deepEqual(readdirSync(directory), [`.a.abc.${PID}.part`]);
    await partial.keep();
    assert.deepEqual(readdirSync(directory), ['.a.abc.part']);
    assert.deepEqual(partial.path, Buffer.from(join(directory, '.a.abc.part')));
  });

  it('is not continued while another program writes it: that one has its own', async (t) => {
    const path = Buffer.from(join(temporaryDirectory(t), 'a'));
    const first = await resumePartialFile(path, 'abc', ALONE, NEVER);
    await first.write(Buffer.from('one'));
    const other = { uid: UID, pid: PID + 1, isRunning: (pid: number) => pid === PID };
    const second = await resumePartialFile(path, 'abc', other, NEVER);
    assert.equal(second.resumedAt, 0);
    await first.publish(PLAIN);
    await second.write(Buffer.from('two'));
    await second.clear();
    assert.equal(readFileSync(path, 'utf8'), 'one');
    second.discard();
  });

  it('is continued after the end of a program that was killed', async (t) => {
    const directory = temporaryDirectory(t);
    const path = Buffer.from(join(directory, 'a'));
    const killed = await resumePartialFile(path, 'abc', { ...ALONE, pid: 17 }, NEVER);
    await killed.write(Buffer.from('one'));
    const next = await resumePartialFile(path, 'abc', ALONE, NEVER);
    t.after(() => killed.discard());
    assert.equal(next.resumedAt, 3);
    assert.deepEqual(readdirSync(directory), [`.a.abc.${PID}.part`]);
    next.discard();
  });

  it('is not mixed up with that of a source with a longer mark', async (t) => {
    const directory = temporaryDirectory(t);
    writeFileSync(join(directory, '.a.b.abc.17.part'), 'of a.b');
    const partial = await resumePartialFile(Buffer.from(join(directory, 'a')), 'abc', ALONE, NEVER);
    t.after(() => partial.discard());
    assert.equal(partial.resumedAt, 0);
  });

  it('is not continued when others could have written it', async (t) => {
    const directory = temporaryDirectory(t);
    const path = Buffer.from(join(directory, 'a'));
    const partial = temporaryPath(path, 'abc');
    const refused = (): Promise<void> =>
      assert.rejects(resumePartialFile(path, 'abc', ALONE, NEVER), {
        code: 'copy-partial-file-foreign',
      });

    writeFileSync(partial, 'x');
    chmodSync(partial, 0o666);
    await refused();

    chmodSync(partial, 0o600);
    linkSync(partial, join(directory, 'b'));
    await refused();
    await assert.rejects(resumePartialFile(path, 'abc', { ...ALONE, uid: (UID ?? 0) + 1 }, NEVER), {
      code: 'copy-partial-file-foreign',
    });
  });
});

describe('a file that is replaced', () => {
  it('keeps its permissions, unless those of the source are wanted', async (t) => {
    const path = join(temporaryDirectory(t), 'a');
    writeFileSync(path, 'old', { mode: 0o600 });
    const modeAfter = async (changesMode: boolean): Promise<number> => {
      const partial = await createPartialFile(Buffer.from(path), 'abc');
      await partial.publish({ mode: 0o644, changesMode, modifiedAt: undefined });
      return statSync(path).mode & 0o7777;
    };
    assert.equal(await modeAfter(false), 0o600);
    assert.equal(await modeAfter(true), 0o644);
  });

  it('keeps no bit for set-user-id', async (t) => {
    const path = join(temporaryDirectory(t), 'a');
    writeFileSync(path, 'old');
    chmodSync(path, 0o4755);
    const partial = await createPartialFile(Buffer.from(path), 'abc');
    await partial.publish(PLAIN);
    assert.equal(statSync(path).mode & 0o7777, 0o755);
  });

  it('keeps its owner', needs(ROOT), async (t) => {
    const path = join(temporaryDirectory(t), 'a');
    writeFileSync(path, 'old', { mode: 0o640 });
    chownSync(path, 12, 34);
    const partial = await createPartialFile(Buffer.from(path), 'abc');
    await partial.publish(PLAIN);
    const { uid, gid, mode } = statSync(path);
    assert.deepEqual([uid, gid, mode & 0o7777], [12, 34, 0o640]);
  });

  it('keeps its time until then', async (t) => {
    const path = join(temporaryDirectory(t), 'a');
    writeFileSync(path, 'old');
    const before = new Date('2020-02-03T04:05:06Z');
    utimesSync(path, before, before);
    const partial = await createPartialFile(Buffer.from(path), 'abc');
    await partial.write(Buffer.from('new'));
    partial.discard();
    assert.deepEqual(statSync(path).mtime, before);
  });

  it('stays when a directory is in its place', async (t) => {
    const path = join(temporaryDirectory(t), 'a');
    mkdirSync(path);
    const partial = await createPartialFile(Buffer.from(path), 'abc');
    await assert.rejects(partial.publish(PLAIN), { code: 'copy-appeared' });
    partial.discard();
    assert.ok(statSync(path).isDirectory());
  });
});
