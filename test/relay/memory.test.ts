import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { decodeLine } from '../../src/relay/protocol/decode-line.ts';
import { MAX_STREAM_WINDOW_BYTES, MAX_STREAMS } from '../../src/relay/protocol/frames.ts';
import { readFrames } from '../../src/relay/protocol/read-frames.ts';
import type { RelayDestination } from '../../src/relay/protocol/write-frames.ts';
import { needs } from '../support/require-tools.ts';
import { DASH } from '../support/tools.ts';
import { openCollected } from './support/collected-stream.ts';
import { tcpDestination } from './support/destinations.ts';
import { RELAY_LANGUAGES, RELAY_SHELLS, startRelay } from './support/relay-process.ts';

/** docs/design/relay.md#memory */
const DESTINATIONS_BYTES = 8 * 1024 * 1024;

/** A server that reads nothing. */
const stuckDestination = (t: TestContext): Promise<RelayDestination> =>
  tcpDestination(t, (socket) => void socket.pause());

for (const language of RELAY_LANGUAGES) {
  describe(
    `the memory that the relay in ${language.name} grants`,
    needs(DASH, language.tool),
    () => {
      it(`is at most 8 MiB for the data of ${MAX_STREAMS} stuck destinations`, async (t) => {
        const windows: number[] = [];
        let added = 0;
        const { tunnel } = await startRelay(t, language, RELAY_SHELLS[0], {
          onLine(line) {
            for (const frame of readFrames(decodeLine(line))) {
              if (frame.type === 'opened') windows.push(frame.window);
              if (frame.type === 'window') added += frame.bytes;
            }
          },
        });
        const destination = await stuckDestination(t);
        const all = Array.from({ length: MAX_STREAMS }, () => openCollected(tunnel, destination));
        await Promise.all(all.map(({ opened }) => opened));
        const sum = windows.reduce((total, window) => total + window, 0);
        assert.equal(windows.length, MAX_STREAMS);
        assert.equal(added, 0);
        assert.ok(sum <= DESTINATIONS_BYTES, `${sum} bytes`);
        assert.ok(sum > DESTINATIONS_BYTES * 0.9, `${sum} bytes`);
        assert.equal(windows[0], MAX_STREAM_WINDOW_BYTES);

        for (const { stream } of all) stream.reset();
        await openCollected(tunnel, destination).opened;
        assert.equal(windows.at(-1), MAX_STREAM_WINDOW_BYTES);
      });
    },
  );
}
