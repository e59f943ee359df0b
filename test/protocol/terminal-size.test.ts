import assert from 'node:assert/strict';
import { it } from 'node:test';
import { encodeTerminalSize } from '../../src/protocol/terminal-size.ts';
import { recordedFrames } from './support/recorded-frames.ts';

const SIZE = 3;

it('a terminal size is byte for byte what the public client sent, recorded', () => {
  const recorded = recordedFrames.find(({ payloadType }) => payloadType === SIZE);
  assert.equal(encodeTerminalSize({ cols: 80, rows: 24 }).toString(), recorded?.payload);
});
