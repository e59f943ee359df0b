import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  MAX_DATA_BYTES,
  MAX_STREAM_WINDOW_BYTES,
  MAX_STREAMS,
} from '../../src/relay/protocol/frames.ts';
import { createTunnel, type Tunnel } from '../../src/relay/protocol/tunnel.ts';
import { collect } from './support/collected-stream.ts';
import { idleHost } from './support/idle-host.ts';
import { naiveFrames } from './support/naive-codec.ts';

/** docs/design/relay.md#memory */
const LOCAL_BYTES = 16 * 1024 * 1024;
const DESTINATION = { kind: 'tcp', address: '127.0.0.1', port: 1 } as const;
const OPEN = 2;
const ALL_FRAMES = Infinity;

function tunnelAlone(): Tunnel {
  return createTunnel(idleHost((error) => assert.fail(error)));
}

/** The windows of the OPEN frames that wait to be sent. */
function windows(tunnel: Tunnel): readonly number[] {
  return (naiveFrames([...(tunnel.next(ALL_FRAMES) ?? [])]) ?? [])
    .filter(({ type }) => type === OPEN)
    .map(({ payload }) => Buffer.from(payload, 'hex').readUInt32BE(1));
}

function openOne(tunnel: Tunnel) {
  const stream = tunnel.open(DESTINATION, collect().handlers);
  assert.ok(stream);
  return stream;
}

describe('the windows that a tunnel grants', () => {
  it(`are at most 16 MiB of ${MAX_STREAMS} streams together, and none is empty`, () => {
    const tunnel = tunnelAlone();
    for (let count = 0; count < MAX_STREAMS; count++) openOne(tunnel);
    const granted = windows(tunnel);
    assert.equal(granted.length, MAX_STREAMS);
    const sum = granted.reduce((total, window) => total + window, 0);
    assert.ok(sum <= LOCAL_BYTES, `${sum} bytes`);
    assert.ok(sum > LOCAL_BYTES * 0.9, `${sum} bytes`);
    assert.ok(Math.min(...granted) >= MAX_DATA_BYTES / 2);
    assert.equal(tunnel.open(DESTINATION, collect().handlers), undefined);
  });

  it('are the largest again once streams are closed, and no larger than that', () => {
    const tunnel = tunnelAlone();
    for (let round = 0; round < 3; round++) {
      const all = Array.from({ length: MAX_STREAMS }, () => openOne(tunnel));
      assert.equal(windows(tunnel)[0], MAX_STREAM_WINDOW_BYTES);
      for (const stream of all) stream.reset();
    }
  });
});
