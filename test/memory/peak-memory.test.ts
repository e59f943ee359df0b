import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { build } from 'esbuild';
import type { WebSocket } from 'ws';
import { encodeClientMessage, MessageType } from '../../src/protocol/client-message.ts';
import { PayloadType } from '../../src/protocol/payload-type.ts';
import { childEnded, spawn, type ChildProcess } from '../support/child-process.ts';
import { startWebSocketServer } from '../support/web-socket-server.ts';
import { ATTACKS } from './support/attacks.ts';

/** What the program promises to stay below, its runtime included. */
const PEAK_LIMIT_BYTES = 150 * 1024 * 1024;
/** Where Linux reports the peak. */
const PROCESS_STATUS = '/proc/self/status';
/** Frames of a gateway that does not read: their answers would take more than the limit. */
const FRAMES = 1_000_000;
const FRAMES_AT_ONCE = 1_000;
/** The longest frames that are read, and their number: many times the limit. */
const LONGEST_FRAME_BYTES = 1024 * 1024;
const LONGEST_FRAMES = 1_000;
/** Frames as long as the largest buffer into which the network is read. */
const LONG_FRAME_BYTES = 64 * 1024;
const LONG_FRAMES = 16_000;

interface ChildMessage {
  readonly kind: 'peak' | 'not-reading';
  readonly bytes?: number;
}

const directory = mkdtempSync(join(tmpdir(), 'peak-memory-'));
const program = join(directory, 'child.mjs');

before(async () => {
  // As in the product: a compiler in the same process would take more memory than the session.
  await build({
    entryPoints: [join(import.meta.dirname, 'support/child.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
});
after(() => rmSync(directory, { recursive: true }));

function start(t: TestContext, args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  t.after(async () => {
    child.kill('SIGKILL');
    await childEnded(child);
  });
  return child;
}

/** The next message of this kind; fails when the child ends first. */
function messageOf(child: ChildProcess, kind: ChildMessage['kind']): Promise<ChildMessage> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: ChildMessage) => {
      if (message.kind === kind) resolve(message);
    });
    child.once('exit', (code) => reject(new Error(`the attacked process has ended: ${code}`)));
  });
}

async function assertPeak(t: TestContext, peak: Promise<ChildMessage>): Promise<void> {
  const { bytes = NaN } = await peak;
  t.diagnostic(`${(bytes / 1024 / 1024).toFixed(0)} MiB`);
  assert.ok(bytes < PEAK_LIMIT_BYTES, `${bytes} bytes at the peak`);
}

/**
 * A gateway that sends these frames again and again, and reads nothing.
 *
 * @param count - how many it sends, unless the program stops reading
 */
async function attackByGateway(
  t: TestContext,
  frames: readonly Buffer[],
  count = FRAMES,
): Promise<void> {
  const { server, host } = await startWebSocketServer(t);
  const child = start(t, ['', `ws://${host}/`]);
  const stopped = messageOf(child, 'not-reading').then(() => true);
  const [gateway] = (await once(server, 'connection')) as [WebSocket];
  gateway.pause();
  const atOnce = Math.min(FRAMES_AT_ONCE, count / 100);
  for (let sent = 0; sent < count; sent += atOnce) {
    const batch = Array.from({ length: atOnce }, (_, i) => frames[i % frames.length]);
    if (await Promise.race([stopped, sendAll(gateway, batch)])) break;
  }
  const peak = messageOf(child, 'peak');
  child.send('measure');
  await assertPeak(t, peak);
}

/** Resolves with false when the system has taken all of it. */
function sendAll(gateway: WebSocket, frames: readonly (Buffer | undefined)[]): Promise<boolean> {
  return new Promise((resolve) => {
    for (const frame of frames) gateway.send(frame ?? Buffer.alloc(0));
    gateway.ping(undefined, undefined, () => resolve(false));
  });
}

function frame(messageType: string): Buffer {
  return encodeClientMessage({
    messageType,
    sequenceNumber: 0,
    flags: 0,
    messageId: randomBytes(16),
    createdDate: 1,
    payloadType: PayloadType.Output,
    payload: Buffer.from('x'),
  });
}

describe(
  'resident memory stays below 150 MiB under',
  {
    timeout: 600_000,
    skip: existsSync(PROCESS_STATUS) ? false : 'only Linux says what the peak was',
  },
  () => {
    for (const attack of ATTACKS.keys()) {
      it(attack, async (t) => {
        await assertPeak(t, messageOf(start(t, [attack]), 'peak'));
      });
    }

    it('output of a gateway that does not read acknowledgements', async (t) => {
      await attackByGateway(t, [frame(MessageType.OutputStreamData)]);
    });

    it('frames of 1 MiB that are not messages', async (t) => {
      await attackByGateway(t, [Buffer.alloc(LONGEST_FRAME_BYTES, 1)], LONGEST_FRAMES);
    });

    it('frames of 64 KiB that are not messages', async (t) => {
      await attackByGateway(t, [Buffer.alloc(LONG_FRAME_BYTES, 1)], LONG_FRAMES);
    });

    it('pauses and starts of a gateway that does not read', async (t) => {
      await attackByGateway(t, [
        frame(MessageType.PausePublication),
        frame(MessageType.StartPublication),
      ]);
    });
  },
);
