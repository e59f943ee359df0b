import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MessageType } from '../../src/protocol/client-message.ts';
import { PayloadType } from '../../src/protocol/payload-type.ts';
import type { DataKey, SessionService } from '../../src/session/session-service.ts';
import { settle } from '../session/connection/scripted-sockets.ts';
import { EXITING, SESSION_OPTIONS, STARTING } from '../session/support/session-options.ts';
import { seeded, type Random } from '../support/random.ts';
import { frameOf, idleFrame } from './support/agent-frames.ts';
import { FUZZ_CASES } from './support/cases.ts';
import { COMPLETIONS, REQUESTS } from './support/handshakes.ts';
import { mutateJson } from './support/mutations.ts';
import { startScriptedSession, type ScriptedSession } from './support/scripted-session.ts';

const FRAMES_PER_SHELL = 200;
const FRAMES_PER_HANDSHAKE = 20;
/** Payloads that a running shell must ignore. */
const CONTROL_TYPES = [
  PayloadType.Size,
  PayloadType.Parameter,
  PayloadType.HandshakeRequest,
  PayloadType.HandshakeResponse,
  PayloadType.HandshakeComplete,
  PayloadType.EncryptionChallengeRequest,
  PayloadType.EncryptionChallengeResponse,
  PayloadType.Flag,
] as const;

const noDataKey = (): Promise<DataKey> => Promise.reject(new Error('no key'));

function damagedJson(random: Random): Buffer {
  const original = random.pick<object>([...REQUESTS, ...COMPLETIONS]);
  return Buffer.from(mutateJson(JSON.stringify(original), random));
}

/** Sends output in order with everything else in between; resolves with the output. */
async function disturbShell(session: ScriptedSession, random: Random): Promise<Buffer> {
  const { events } = session.socket;
  const output: Buffer[] = [];
  let next = 0;
  const send = (payloadType: number, payload: Buffer): void => {
    events.frame(frameOf(random, { sequenceNumber: next++, payloadType, payload }));
  };
  const say = (bytes: Buffer): void => {
    output.push(bytes);
    send(PayloadType.Output, bytes);
  };
  say(Buffer.from('$ '));
  for (let count = 1; count < FRAMES_PER_SHELL; count++) {
    switch (random.below(5)) {
      case 0:
        say(random.bytes(random.below(1025)));
        break;
      case 1:
        send(random.pick(CONTROL_TYPES), damagedJson(random));
        break;
      default:
        events.frame(idleFrame(random, next));
    }
  }
  await settle();
  return Buffer.concat(output);
}

it('nothing but channel_closed ends a shell, and nothing gets into its output', () =>
  seeded(async (random) => {
    for (let frames = 0; frames < FUZZ_CASES; frames += FRAMES_PER_SHELL) {
      const session = await startScriptedSession(random, noDataKey);
      const output = await disturbShell(session, random);
      assert.equal(session.exitCode, undefined, 'the session goes on');
      assert.equal(session.socket.ended, undefined, 'its connection stays');
      const payload = Buffer.from(
        JSON.stringify({ SessionId: SESSION_OPTIONS.session.sessionId, Output: '' }),
      );
      session.socket.events.frame(
        frameOf(random, { messageType: MessageType.ChannelClosed, payload }),
      );
      assert.equal(await session.end(), 0);
      const expected = Buffer.concat([Buffer.from(STARTING), output, Buffer.from(EXITING)]);
      assert.ok(session.stdout().equals(expected), 'what the target said, and nothing else');
    }
  }));

/** What KMS may come to. */
function chooseDataKey(random: Random): SessionService['generateDataKey'] {
  const key = { plaintext: random.bytes(64), cipherTextBlob: random.bytes(90) };
  return random.pick<SessionService['generateDataKey']>([
    noDataKey,
    () => Promise.resolve(key),
    () => new Promise(() => undefined),
  ]);
}

async function disturbHandshake(session: ScriptedSession, random: Random): Promise<void> {
  let next = 0;
  for (let count = 0; count < FRAMES_PER_HANDSHAKE; count++) {
    const isHandshake = count < 3 || random.chance(0.2);
    const payloadType = isHandshake
      ? random.pick([
          PayloadType.HandshakeRequest,
          PayloadType.HandshakeComplete,
          PayloadType.EncryptionChallengeRequest,
        ])
      : random.below(14);
    const payload = isHandshake ? damagedJson(random) : random.bytes(random.below(200));
    session.socket.events.frame(frameOf(random, { sequenceNumber: next++, payloadType, payload }));
    if (random.chance(0.1)) session.socket.events.frame(idleFrame(random, next));
    if (random.chance(0.3)) await settle();
  }
}

it('a session can be left, whatever its handshake and the messages after it contain', () =>
  seeded(async (random) => {
    for (let frames = 0; frames < FUZZ_CASES; frames += FRAMES_PER_HANDSHAKE) {
      const session = await startScriptedSession(random, chooseDataKey(random));
      await disturbHandshake(session, random);
      session.signal('SIGTERM');
      const exitCode = await session.end();
      assert.ok(Number.isInteger(exitCode), `${exitCode}`);
      assert.notEqual(session.socket.ended, undefined, 'the connection is closed');
    }
  }));
