import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { makeCodeCaches } from '../../../build/binary/code-cache.ts';
import type { Emulator } from '../../../build/binary/emulator.ts';
import { RUNTIME_OPTIONS } from '../../../build/binary/runtime-options.ts';
import { BUNDLE_DIRECTORY } from '../../../build/bundle/bundle-files.ts';
import { runTool, ToolError } from '../../../build/tool.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const THIS_MACHINE: Emulator = {
  run: (program, args, env = {}) => runTool({ program, debianPackage: 'nodejs' }, args, { env }),
  close: () => undefined,
};

function make(t: TestContext, options: readonly string[]): string {
  const output = join(temporaryDirectory(t), 'caches');
  makeCodeCaches(THIS_MACHINE, { path: process.execPath, options }, BUNDLE_DIRECTORY, output);
  return output;
}

describe('the code caches of the bundle', () => {
  it('fit the runtime with the options of a native binary', (t) => {
    const files = readdirSync(make(t, RUNTIME_OPTIONS));
    assert.ok(files.includes('session.cjs.cache'));
  });

  it('are refused for options with which the runtime compiles its own scripts', (t) => {
    assert.throws(
      () => make(t, ['--no-opt']),
      (error: unknown) => error instanceof ToolError && error.message.includes('--no-opt'),
    );
  });
});

describe('the options of a native binary', () => {
  it('keep the debugger closed, and enlarge the young generation', () => {
    assert.deepEqual(RUNTIME_OPTIONS, ['--disable-sigusr1', '--min-semi-space-size=4']);
  });
});
