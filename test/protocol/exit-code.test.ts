import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseExitCode } from '../../src/protocol/exit-code.ts';
import { recordedFrames } from './support/recorded-frames.ts';

const EXIT_CODE = 12;

describe('the exit status of a command', () => {
  it('is read from what the agent sends, recorded', () => {
    const recorded = recordedFrames.find(({ payloadType }) => payloadType === EXIT_CODE);
    assert.equal(parseExitCode(recorded?.payload ?? ''), 0);
  });

  it('is any integer', () => {
    assert.equal(parseExitCode('EXIT_CODE: 7'), 7);
    assert.equal(parseExitCode('EXIT_CODE: 255\n'), 255);
    assert.equal(parseExitCode('EXIT_CODE: -1'), -1);
    assert.equal(parseExitCode('EXIT_CODE:3221225786'), 3221225786);
  });

  it('is unknown when the text is anything else', () => {
    for (const text of ['', '0', 'EXIT_CODE:', 'EXIT_CODE: x', 'EXIT_CODE: 1 2', 'exit_code: 1']) {
      assert.equal(parseExitCode(text), undefined);
    }
  });
});
