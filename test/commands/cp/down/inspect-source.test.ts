import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { quoteBytes } from '../../../../src/cli/remote/quote-bytes.ts';
import {
  inspectPath,
  type InspectedFile,
  type InspectedSource,
} from '../../../../src/commands/cp/down/inspect-source.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { makeFifo } from '../../../support/fifo.ts';
import { POSIX_SHELLS, type PosixShell } from '../../../support/posix-shells.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { SYSFS_FILE, WITH_SYSFS } from '../../../program/commands/cp/support/kernel-files.ts';
import { createShellTarget } from './support/shell-target.ts';
import { SHELL, targetShell } from './support/target-shells.ts';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

type Sudo = 'unused' | 'missing' | 'refuses';

function prepare(t: TestContext, posixShell: PosixShell, sudo: Sudo = 'unused') {
  const shell = targetShell(t, posixShell);
  if (sudo !== 'unused') {
    // Only `sh` is there.
    const [programs = ''] = shell.env['PATH']?.split(':') ?? [];
    shell.env['PATH'] = programs;
    const refusal = '#!/bin/sh\necho "sudo: a password is required" >&2\nexit 1\n';
    if (sudo === 'refuses') writeFileSync(join(programs, 'sudo'), refusal, { mode: 0o755 });
  }
  const target = createShellTarget(t, shell);
  const directory = Buffer.from(temporaryDirectory(t));
  const inspect = (path: Buffer | string, prefix = 0): Promise<InspectedSource> =>
    inspectPath(
      {
        title: 'web:source',
        path: quoteBytes(Buffer.from(path)),
        prefix,
        withContent: true,
        sudo: sudo !== 'unused',
        signal: new AbortController().signal,
      },
      { sessions: target, clock: systemClock, tools: shell.tools },
    );
  const inspectFile = async (path: Buffer | string, prefix = 0): Promise<InspectedFile> => {
    const source = await inspect(path, prefix);
    assert.equal(source.kind, 'file');
    return source;
  };
  return { target, directory: directory.toString(), inspect, inspectFile };
}

for (const shell of POSIX_SHELLS) {
  describe(`a source on a target with ${shell.name}`, needs(shell.tool), () => {
    it('is a file with its size, mode, time and SHA-256', async (t) => {
      const { directory, inspectFile, target } = prepare(t, shell);
      const content = randomBytes(100_000);
      const path = join(directory, 'file');
      writeFileSync(path, content);
      chmodSync(path, 0o4751);
      utimesSync(path, 1, 1_600_000_000);
      const link = join(directory, 'link');
      symlinkSync('file', link);
      const file = await inspectFile(link, 70_000);
      assert.equal(file.size, content.length);
      assert.equal(file.mode, 0o4751);
      assert.equal(file.modifiedAt, 1_600_000_000);
      assert.equal(await file.content, undefined);
      assert.equal(await file.prefixSha256, sha256(content.subarray(0, 70_000)));
      assert.equal(await file.sha256, sha256(content));
      await file.stop();
      assert.equal(target.running(), 0);
    });

    it('comes at once when it is small, whatever its name', async (t) => {
      const { directory, inspectFile } = prepare(t, shell);
      const content = randomBytes(1000);
      for (const name of ["it's $(a) `name`\n\n", '-rf', Buffer.from([0x66, 0xff, 0xfe, 0x25])]) {
        const path = Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name)]);
        writeFileSync(path, content);
        const file = await inspectFile(path, 2000);
        assert.deepEqual(await file.content, content);
        assert.equal(await file.prefixSha256, undefined);
        assert.equal(await file.sha256, sha256(content));
        await file.stop();
      }
      writeFileSync(join(directory, 'empty'), '');
      const empty = await inspectFile(join(directory, 'empty'));
      assert.deepEqual(await empty.content, Buffer.alloc(0));
      assert.equal(await empty.sha256, sha256(Buffer.alloc(0)));
      await empty.stop();
    });

    it('is as long as its content when Linux reports a page', WITH_SYSFS, async (t) => {
      const { inspectFile } = prepare(t, shell);
      const path = SYSFS_FILE;
      assert.ok(statSync(path).size >= 4096);
      const content = readFileSync(path);
      const file = await inspectFile(path);
      assert.equal(file.size, content.length);
      assert.deepEqual(await file.content, content);
      assert.equal(await file.sha256, sha256(content));
      await file.stop();
    });

    it('is missing only when that is the reason, whatever its name', async (t) => {
      const { directory, inspect } = prepare(t, shell);
      symlinkSync('No such file or directory', join(directory, 'No such file or directory'));
      await assert.rejects(inspect(join(directory, 'No such file or directory')), {
        code: 'download-unreadable',
      });
    });

    it('cannot be read as root when sudo refuses, or is missing', async (t) => {
      await assert.rejects(prepare(t, shell, 'refuses').inspect('/etc/hostname'), {
        code: 'download-sudo-refused',
        problem: 'Cannot read web:source as root: sudo: a password is required.',
      });
      await assert.rejects(prepare(t, shell, 'missing').inspect('/etc/hostname'), {
        code: 'download-sudo-refused',
        problem: 'Cannot read web:source as root: sudo: not found.',
      });
    });

    it('is a directory, something else, missing, or cannot be read', async (t) => {
      const { directory, inspect } = prepare(t, shell);
      mkdirSync(join(directory, 'dir'), 0o750);
      utimesSync(join(directory, 'dir'), 1, 1_600_000_000);
      const expected = { kind: 'directory', mode: 0o750, modifiedAt: 1_600_000_000 };
      assert.deepEqual(await inspect(join(directory, 'dir')), expected);
      const fifo = makeFifo(t);
      assert.deepEqual(await inspect(fifo), { kind: 'other' });
      assert.deepEqual(await inspect(join(directory, 'no')), { kind: 'missing' });
      assert.deepEqual(await inspect(join(fifo, 'no')), { kind: 'missing' });
      symlinkSync('loop', join(directory, 'loop'));
      await assert.rejects(inspect(join(directory, 'loop')), {
        code: 'download-unreadable',
        problem:
          /^Cannot read web:source: (?:Too many levels of symbolic links|Symbolic link loop)\.$/,
      });
    });
  });
}

describe('the inspection of a source', needs(SHELL.tool), () => {
  it('begins again when its session is lost', async (t) => {
    const { directory, inspectFile, target } = prepare(t, SHELL);
    const content = randomBytes(100_000);
    writeFileSync(join(directory, 'file'), content);
    target.onOutput = (command) => {
      if (command === target.commands[0]) command.end(new Error('the session has ended'));
    };
    const file = await inspectFile(join(directory, 'file'));
    assert.equal(await file.sha256, sha256(content));
    assert.equal(target.commands.length, 2);
    await file.stop();
    assert.equal(target.running(), 0);
  });
});
