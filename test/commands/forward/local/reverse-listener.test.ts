import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseReverse, reverseForward } from '../../../../src/cli/ports/parse-reverse.ts';
import { createReverseListener } from '../../../../src/commands/forward/local/reverse-listener.ts';
import type { AcceptedStream } from '../../../../src/relay/protocol/tunnel-run.ts';
import type { Tunnel } from '../../../../src/relay/protocol/tunnel.ts';
import { startService } from '../../../program/port/support/target-service.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

/** Connections that are being made: `MAX_LOCAL_DIALS`. */
const MOST_DIALS = 64;

describe('a port of the target that is forwarded to this machine', { timeout: 60_000 }, () => {
  it('makes at most 64 connections at the same time, however many a hostile target accepts', async (t) => {
    const service = await startService(t, () => undefined);
    const [typed] = parseReverse(`0:127.0.0.1:${service.port}`);
    assert.ok(typed);
    const forward = reverseForward(typed);
    assert.ok(forward.relayed?.kind === 'reverse');
    const listener = createReverseListener(
      { clock: createVirtualClock() },
      forward,
      forward.relayed,
      () => undefined,
    );
    let onAccept: (accepted: AcceptedStream) => void = () => undefined;
    const listen: Tunnel['listen'] = (_, handlers, accept) => {
      onAccept = accept;
      handlers.opened(9000);
      return { ...silentStream(() => undefined), id: 1 };
    };
    const failures: string[] = [];
    listener.reverse?.listenThrough(
      { listen },
      {
        opened: () => undefined,
        failed: ({ problem }) => failures.push(problem),
        unreachable: () => undefined,
      },
    );
    let connected = 0;
    const all = new Promise<void>((resolve) => {
      const opened = listener.open({
        listening: () => undefined,
        failed: () => undefined,
        connection(socket) {
          t.after(() => socket.destroy());
          connected++;
          if (connected === MOST_DIALS) resolve();
        },
      });
      t.after(() => opened.close());
    });
    const resets: (string | undefined)[] = [];
    for (let id = 2; id <= 200; id += 2) {
      const stream = { ...silentStream((code) => resets.push(code)), id };
      onAccept({ stream, peer: '', accept: () => undefined });
    }
    assert.deepEqual(
      resets,
      Array.from({ length: 100 - MOST_DIALS }, () => 'limit'),
    );
    await all;
    assert.equal(connected, MOST_DIALS);
    assert.deepEqual(failures, []);
  });
});

function silentStream(
  reset: (code: string | undefined) => void,
): Omit<AcceptedStream['stream'], 'id'> {
  return {
    write: () => undefined,
    queued: () => 0,
    end: () => undefined,
    reset: (code) => reset(code),
    taken: () => undefined,
  };
}
