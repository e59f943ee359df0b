import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { FloorOrder, FloorReport } from './floor-peer.ts';
import { watchUsage, type UsageOverTime } from '../process-usage.ts';
import { nextReport } from '../reports.ts';

/** Payload bytes of one frame. */
const FRAME_PAYLOAD_BYTES = 1024;

/** Seen from the client: `down` towards it, `up` away from it. */
export type Direction = 'down' | 'up';

/** What moving some bytes took. */
export interface Transfer {
  readonly bytes: number;
  readonly seconds: number;
  /** Of the client's process. */
  readonly client: UsageOverTime;
}

/** Payload bytes each second, in MB (10^6). */
export function rateOf({ bytes, seconds }: Transfer): number {
  return bytes / 1_000_000 / seconds;
}

/** The transfer that was least disturbed by what else the machine did. */
export function fastest(transfers: readonly Transfer[]): Transfer {
  return transfers.reduce((best, other) => (other.seconds < best.seconds ? other : best));
}

/** Two connected processes, to be measured against. */
export interface Floor {
  transfer(direction: Direction, bytes: number): Promise<Transfer>;
  close(): void;
}

/**
 * Starts the floor: a bare `ws` client and server, each a process of this runtime, that exchange the
 * frames of the protocol without its rules.
 */
export async function startFloor(): Promise<Floor> {
  const program = join(import.meta.dirname, 'floor-peer.ts');
  const server = fork(program, ['listen']);
  const { port } = await nextReport<FloorReport, 'listening'>(server, 'listening');
  const client = fork(program, [`ws://127.0.0.1:${port}`]);
  const connected = (end: ChildProcess): Promise<unknown> =>
    nextReport<FloorReport, 'connected'>(end, 'connected');
  await Promise.all([connected(server), connected(client)]);
  return {
    async transfer(direction, bytes) {
      const frames = Math.ceil(bytes / FRAME_PAYLOAD_BYTES);
      const [sender, receiver] = direction === 'up' ? [client, server] : [server, client];
      const usage = watchUsage(client.pid ?? 0);
      const receiving = nextReport<FloorReport, 'receiving'>(receiver, 'receiving');
      receiver.send({ kind: 'receive', frames } satisfies FloorOrder);
      await receiving;
      const done = [sender, receiver].map((end) => nextReport<FloorReport, 'done'>(end, 'done'));
      sender.send({ kind: 'send', frames } satisfies FloorOrder);
      const [acknowledged] = await Promise.all(done);
      return { bytes, seconds: acknowledged?.seconds ?? NaN, client: usage() };
    },
    close() {
      client.disconnect();
      server.disconnect();
    },
  };
}
