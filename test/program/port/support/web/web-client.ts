import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TestContext } from 'node:test';
import { withDeadline } from '../../../support/transcript.ts';
import { chunksOf, createFingerprint, fingerprintOf, type Content } from '../content.ts';
import { RECEIPT_HEADER } from './web-server.ts';

/** The requests to the web server. */
export interface Downloads {
  /** Number of connections, each used again for the next round. */
  readonly parallel: number;
  readonly rounds: number;
  /** Of the smallest response; each of the others is a little larger. */
  readonly bytes: number;
  /** Of each request's body; 0 by default. */
  readonly upload?: number;
}

/** Loads different contents and checks each. */
export async function downloadAll(
  t: TestContext,
  port: number,
  { parallel, rounds, bytes, upload = 0 }: Downloads,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: parallel });
  t.after(() => agent.destroy());
  const loadRounds = async (connection: number): Promise<void> => {
    for (let round = 0; round < rounds; round++) {
      const seed = 1000 * round + connection;
      const up: Content = { seed: seed + 500_000, bytes: upload };
      await load(port, agent, { seed, bytes: bytes + 17 * seed }, up);
    }
  };
  const all = Promise.all(Array.from({ length: parallel }, (_, index) => loadRounds(index)));
  await withDeadline('all downloads', all, () => '');
}

async function load(port: number, agent: Agent, down: Content, up: Content): Promise<void> {
  const asked = request({
    host: '127.0.0.1',
    port,
    agent,
    method: 'POST',
    path: `/${down.seed}/${down.bytes}`,
    headers: { 'content-length': up.bytes },
  });
  const [[response]] = await Promise.all([
    once(asked, 'response') as Promise<[IncomingMessage]>,
    pipeline(Readable.from(chunksOf(up)), asked),
  ]);
  const received = createFingerprint();
  for await (const chunk of response) received.update(chunk as Buffer);
  assert.equal(received.result(), fingerprintOf(down), `answer to ${asked.path}`);
  assert.equal(response.headers[RECEIPT_HEADER], fingerprintOf(up), `body of ${asked.path}`);
}
