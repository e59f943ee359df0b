import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CHUNK_BYTES } from '../../../../src/commands/cp/up/chunks/chunk-source.ts';
import { unacknowledgedChunks } from '../../../../src/commands/cp/up/sessions/receiver-session.ts';

const KIB = 1024;
const MAX_SESSIONS = 16;

describe('what the sessions of a copy have in memory', () => {
  it('is at most 4 MiB for any number of them, and keeps each busy', () => {
    for (let sessions = 1; sessions <= MAX_SESSIONS; sessions++) {
      const chunks = unacknowledgedChunks(sessions);
      assert.ok(sessions * chunks * CHUNK_BYTES <= 4096 * KIB, `${sessions} sessions`);
      // One is written while another one is on its way.
      assert.ok(chunks >= 2, `${sessions} sessions`);
    }
  });

  it('is enough for a round trip of 500 ms at the pace of the agent', () => {
    // 0.89 MB/s for one session, and 6 MB/s for eight together (docs/design/agent.md#ports).
    for (const [sessions, bytesPerSecond] of [
      [1, 890_000],
      [4, 890_000],
      [8, 750_000],
      [16, 375_000],
    ] as const) {
      const sent = unacknowledgedChunks(sessions) * CHUNK_BYTES;
      assert.ok(sent >= bytesPerSecond / 2, `${sessions} sessions`);
    }
  });
});
