import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { copyTreeHere } from '../../../src/commands/cp/copy-tree-here.ts';
import { downloadPaths } from '../../../src/commands/cp/files/remote-source.ts';
import type { CopiedItem, CopyResult } from '../../../src/commands/cp/report/copied-item.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { downloaderFrom } from './down/support/copy-from.ts';
import { createShellTarget } from './down/support/shell-target.ts';
import { SHELL, targetShell } from './down/support/target-shells.ts';
import { listTree } from './tree/support.ts';

/** More than pipes hold, so that the connection is lost in its middle. */
const FILE_BYTES = 1_500_000;

/** Copies a directory with one file. When a part of it is here, `change` is called and the connection is lost. */
function copyWithLoss(
  t: TestContext,
  change: (file: string) => void,
): {
  readonly copied: Promise<CopyResult>;
  readonly here: string;
  readonly there: string;
  readonly runs: () => number;
} {
  const shell = targetShell(t, SHELL);
  const target = createShellTarget(t, shell);
  const [here, there] = [temporaryDirectory(t), temporaryDirectory(t)];
  writeFileSync(join(there, 'file'), randomBytes(FILE_BYTES));
  mkdirSync(join(here, 'tree'));
  writeFileSync(join(here, 'tree', 'old'), 'old');
  const downloader = downloaderFrom(target, shell, temporaryDirectory(t));
  const item: CopiedItem = {
    source: 'web:tree',
    destination: '.',
    current: '',
    total: undefined,
    bytes: 0,
    resumedAt: 0,
  };
  let isCut = false;
  target.onOutput = (command) => {
    if (isCut || item.bytes === 0) return;
    isCut = true;
    change(join(there, 'file'));
    command.cut();
  };
  const copied = copyTreeHere(
    {
      stopped: new AbortController().signal,
      umask: 0o022,
      mark: () => 'test',
      context: { platform: 'linux', output: { notify: () => undefined } },
      options: { preserves: false, sudo: false },
    },
    {
      downloader: downloadPaths(downloader),
      path: Buffer.from(there),
      destination: Buffer.from(join(here, 'tree')),
      item,
    },
  ).finally(() => downloader.close());
  return { copied, here, there, runs: () => target.commands.length };
}

describe('the copy of a directory whose connection is lost', () => {
  it('continues with what a second tar prints after the same bytes', async (t) => {
    const { copied, here, there, runs } = copyWithLoss(t, () => undefined);
    await copied;
    assert.equal(runs(), 2);
    assert.deepEqual(readdirSync(join(here, 'tree')).sort(), ['file', 'old']);
    const [file] = listTree(there);
    assert.equal(listTree(join(here, 'tree'))[0], file);
  });

  for (const [name, change, code] of [
    [
      'has other contents then',
      (file: string) => writeFileSync(file, randomBytes(FILE_BYTES)),
      'copy-changed',
    ],
    [
      'has more in it then',
      (file: string) => appendFileSync(file, randomBytes(1000)),
      'copy-archive-damaged',
    ],
  ] as const) {
    it(`fails when the directory ${name}, and changes nothing`, async (t) => {
      const { copied, here } = copyWithLoss(t, change);
      await assert.rejects(copied, { code });
      assert.deepEqual(listTree(here), ['tree/ 755', 'tree/old 644 old']);
    });
  }
});
