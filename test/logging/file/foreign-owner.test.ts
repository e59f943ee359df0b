import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemLogFileSystem } from '../../../src/logging/file/log-file-system.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** The id of `nobody` on Debian. Any user but root would do. */
const ANOTHER_USER = 65_534;

/** Appends to a log like the program, which makes the directory first. */
async function append(path: string): Promise<void> {
  const handle = await systemLogFileSystem.openForAppending(path);
  await handle.append(Buffer.from('line\n'));
  await handle.close();
}

const FOREIGN = { reason: 'log-file' } as const;

describe(
  'a log of root',
  { skip: process.geteuid?.() === 0 ? false : 'only root can give files to another user' },
  () => {
    const directoryOf = (t: TestContext, name: string): string => {
      const directory = join(temporaryDirectory(t), name);
      mkdirSync(directory);
      return directory;
    };

    it('is written into a directory of root, and into a sticky directory of all users', async (t) => {
      const own = directoryOf(t, 'own');
      await append(join(own, 'x.log'));
      assert.equal(readFileSync(join(own, 'x.log'), 'utf8'), 'line\n');
      const shared = directoryOf(t, 'shared');
      chmodSync(shared, 0o1777);
      await append(join(shared, 'x.log'));
    });

    it("is not written into another user's directory, and no directory is made in it", async (t) => {
      const theirs = directoryOf(t, 'theirs');
      chownSync(theirs, ANOTHER_USER, ANOTHER_USER);
      await assert.rejects(append(join(theirs, 'x.log')), {
        ...FOREIGN,
        message: new RegExp(`${theirs} belongs to the user with the id ${ANOTHER_USER}`),
      });
      await assert.rejects(systemLogFileSystem.makeDirectory(join(theirs, 'a', 'b')), FOREIGN);
      assert.equal(existsSync(join(theirs, 'a')), false);
      assert.equal(existsSync(join(theirs, 'x.log')), false);
    });

    it("is not written below another user's directory, who may rename its entries", async (t) => {
      const theirs = directoryOf(t, 'theirs');
      const own = join(theirs, 'own');
      mkdirSync(own);
      chownSync(theirs, ANOTHER_USER, ANOTHER_USER);
      await assert.rejects(append(join(own, 'x.log')), FOREIGN);
    });

    it('is not written through a link to such a directory', async (t) => {
      const theirs = directoryOf(t, 'theirs');
      chownSync(theirs, ANOTHER_USER, ANOTHER_USER);
      const link = join(temporaryDirectory(t), 'link');
      symlinkSync(theirs, link);
      await assert.rejects(append(join(link, 'x.log')), FOREIGN);
    });

    it('is not written to a directory in which every user may rename files', async (t) => {
      const open = directoryOf(t, 'open');
      chmodSync(open, 0o777);
      await assert.rejects(append(join(open, 'x.log')), {
        ...FOREIGN,
        message: new RegExp(`chmod o-w ${open}`),
      });
    });

    it("is not written into another user's file", async (t) => {
      const shared = directoryOf(t, 'shared');
      chmodSync(shared, 0o1777);
      const path = join(shared, 'x.log');
      writeFileSync(path, 'theirs\n');
      chownSync(path, ANOTHER_USER, ANOTHER_USER);
      await assert.rejects(append(path), FOREIGN);
      assert.equal(readFileSync(path, 'utf8'), 'theirs\n');
    });

    it('is not written to a file with a second name', async (t) => {
      const shared = directoryOf(t, 'shared');
      chmodSync(shared, 0o1777);
      const path = join(shared, 'x.log');
      writeFileSync(join(shared, 'secret'), 'secret\n');
      linkSync(join(shared, 'secret'), path);
      await assert.rejects(append(path), FOREIGN);
      assert.equal(readFileSync(path, 'utf8'), 'secret\n');
    });
  },
);
