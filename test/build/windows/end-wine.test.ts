import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { runAndClose } from '../../../build/binary/run-and-close.ts';
import { ToolError, type Tool } from '../../../build/tool.ts';
import { removeWine } from '../../../build/windows/end-wine.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** A wineserver for which nothing runs, which it takes for a failure, and that ends with a status for `--wait`. */
function wineserver(t: TestContext, statusOfWait: number): Tool {
  const program = join(temporaryDirectory(t), 'wineserver');
  const script = `#!/bin/sh\n[ "$1" != --wait ] || exit ${statusOfWait}\nexit 2\n`;
  writeFileSync(program, script, { mode: 0o755 });
  return { program, debianPackage: 'wine64' };
}

/** A directory of wine with a file. */
function directoryOfWine(t: TestContext): string {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, 'system.reg'), '');
  return directory;
}

describe('a directory of wine', () => {
  it('is removed after everything in it has ended', (t) => {
    const directory = directoryOfWine(t);
    removeWine(directory, { WINEPREFIX: directory }, wineserver(t, 0));
    assert.equal(existsSync(directory), false);
  });

  it('is removed also when something in it does not end, which is an error', (t) => {
    const directory = directoryOfWine(t);
    assert.throws(
      () => removeWine(directory, { WINEPREFIX: directory }, wineserver(t, 1)),
      /wineserver ended with status 1/,
    );
    assert.equal(existsSync(directory), false);
  });

  it('does not hide the error of what ran in it', (t) => {
    const directory = directoryOfWine(t);
    const first = new ToolError('the program has failed');
    assert.throws(
      () =>
        runAndClose(
          () => {
            throw first;
          },
          () => removeWine(directory, { WINEPREFIX: directory }, wineserver(t, 1)),
        ),
      (error) =>
        error instanceof Error &&
        error.cause === first &&
        /^the program has failed\nAfter that, \S+wineserver ended with status 1/.test(
          error.message,
        ),
    );
  });
});
