import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quantity, tellForwardState } from '../../../src/cli/commands/forward-state.ts';
import type { Forward } from '../../../src/cli/commands/parse-forward.ts';

const TARGET = 'i-0123456789abcdef0';

function stateOf(forward: Forward): {
  readonly lines: string[];
  readonly tell: ReturnType<typeof tellForwardState>;
} {
  const lines: string[] = [];
  return { lines, tell: tellForwardState(TARGET, forward, (line) => lines.push(line)) };
}

describe('the state of a forwarded port', () => {
  it('is a line for each change', () => {
    const { lines, tell } = stateOf({ localPort: '0', host: 'db', port: '5432' });
    tell({ kind: 'listening', on: { kind: 'tcp', port: 40_000, addresses: ['127.0.0.1', '::1'] } });
    const traffic = { sent: 5, received: 2048 };
    tell({ kind: 'connected', open: 1, traffic });
    tell({ kind: 'destination-failed' });
    tell({ kind: 'disconnected', open: 0, traffic });
    assert.deepEqual(lines, [
      '127.0.0.1:40000 leads to db:5432',
      '127.0.0.1:40000: connection opened, 1 open',
      `127.0.0.1:40000: ${TARGET} cannot connect to db:5432`,
      '127.0.0.1:40000: connection closed, 0 open, 5 B sent, 2.0 KiB received',
    ]);
  });

  it('names the target where no other host is meant', () => {
    const { lines, tell } = stateOf({ localPort: '80', host: undefined, port: '80' });
    tell({ kind: 'listening', on: { kind: 'tcp', port: 80, addresses: ['127.0.0.1'] } });
    assert.deepEqual(lines, [`127.0.0.1:80 leads to port 80 of ${TARGET}`]);
  });
});

describe('a quantity of bytes', () => {
  for (const [bytes, text] of [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [5 * 1024 ** 2, '5.0 MiB'],
    [3 * 1024 ** 5, '3072.0 TiB'],
  ] as const) {
    it(`of ${bytes} is ${text}`, () => {
      assert.equal(quantity(bytes), text);
    });
  }
});
