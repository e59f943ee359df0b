import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runTool, ToolError } from '../../build/tool.ts';

const TAIL = { program: 'tail', debianPackage: 'coreutils' };

describe('a tool with a time limit', () => {
  it('is killed when it does not end, and the error names it and the limit', () => {
    assert.throws(
      () => runTool(TAIL, ['-f', '/dev/null'], { limitMs: 100 }),
      (error) =>
        error instanceof ToolError && error.message.endsWith('tail has not ended within 0.1 s'),
    );
  });
});
