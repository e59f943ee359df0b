import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { requireSafeMakensis } from '../../../build/windows/makensis.ts';
import { ToolError, type Tool } from '../../../build/tool.ts';
import { requireTools } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { MAKENSIS } from '../../support/windows-tools.ts';

/** A makensis that prints a version without a line end, as the real one does. */
function makensisOf(t: TestContext, version: string): Tool {
  const program = join(temporaryDirectory(t), 'makensis');
  writeFileSync(program, `#!/bin/sh\nprintf '%s' '${version}'\n`, { mode: 0o755 });
  return { program, debianPackage: 'nsis' };
}

describe('makensis', () => {
  it('of the build makes safe setups', (t) => {
    if (!requireTools(t, MAKENSIS)) return;
    requireSafeMakensis(MAKENSIS);
  });

  // 3.08 as Debian 12 has it, 3.11 as Debian 13.
  for (const version of ['v3.08-3+deb12u1', 'v3.11-1', 'v2.51', 'v3.9']) {
    it(`is refused by its version when it is too old: ${version}`, (t) => {
      const makensis = makensisOf(t, version);
      assert.throws(
        () => requireSafeMakensis(makensis),
        (error) =>
          error instanceof ToolError &&
          error.message ===
            `${makensis.program} is ${version}, whose setups are not safe: NSIS 3.12 or later is needed`,
      );
    });
  }

  for (const version of ['v3.12-1', 'v3.13', 'v4.0']) {
    it(`is taken when it is new enough: ${version}`, (t) => {
      requireSafeMakensis(makensisOf(t, version));
    });
  }
});
