import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { encodeClientMessage, MessageType } from '../../../src/protocol/client-message.ts';
import { encodeFlag, Flag } from '../../../src/protocol/flag.ts';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import { FIRST_STREAM_ID, SmuxCommand } from '../../../src/protocol/smux/smux-frame.ts';
import { encodeSmuxFrame } from '../../protocol/smux/encode-smux-frame.ts';
import {
  attackPort,
  attackSession,
  stuckStream,
  type AttackedSession,
  sink,
} from './attacked-session.ts';
import { callerPresentation } from '../../session/support/caller-presentation.ts';
import { attackDisplays } from './attack-displays.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const SMUX_AGENT = '3.3.0.0';
const BASIC_AGENT = '3.0.196.0';
/** Of tiny payloads: more than 150 MiB if each takes what it came in, or half a KiB. */
const MANY = 200_000;
/** Of messages in reads of the network of their own, or of longer frames. */
const SOME = 16_000;

/** What one read of the network brings, of a TLS connection. */
const READ_BYTES = 16 * KIB;

const BYTE = Buffer.from('x');
const EMPTY = Buffer.alloc(0);
/** A frame of smux with one byte for the first connection. */
const SMUX_BYTE = encodeSmuxFrame({
  command: SmuxCommand.Push,
  streamId: FIRST_STREAM_ID,
  data: BYTE,
});

async function early(payload: Buffer): Promise<void> {
  const session = await attackSession({}, READ_BYTES);
  for (let i = 1; i <= SOME; i++) await session.sendMessage({ sequenceNumber: i, payload });
}

/** @param headerLength - as in the frame */
async function longFrames(headerLength: number): Promise<void> {
  const session = await attackSession();
  for (let i = 1; i <= SOME / 16; i++) {
    const frame = Buffer.alloc(MIB, 1);
    encodeClientMessage({
      messageType: MessageType.OutputStreamData,
      sequenceNumber: i,
      flags: 0,
      messageId: Buffer.alloc(16),
      createdDate: 1,
      payloadType: PayloadType.Output,
      payload: EMPTY,
    }).copy(frame);
    frame.writeUInt32BE(headerLength, 0);
    frame.writeUInt32BE(0, Math.min(headerLength, frame.length - 4));
    await session.sendFrame(frame);
  }
}

/** Sends a payload while the session reads, up to many times. */
async function sendWhileRead(session: AttackedSession, payload: Buffer): Promise<void> {
  for (let i = 0; i < MANY && !session.isPaused(); i++) {
    await session.send(PayloadType.Output, payload);
    // Each comes in a read of its own.
    await setImmediate();
  }
}

async function toStuckProgram(agentVersion: string, payload: Buffer): Promise<void> {
  const session = await attackPort(agentVersion);
  await session.connectProgram();
  await sendWhileRead(session, payload);
  assert.ok(session.isPaused(), 'the session reads on');
}

async function beforeConnection(payload: Buffer): Promise<void> {
  const session = await attackPort(BASIC_AGENT);
  while (session.isPaused()) await setImmediate();
  for (let i = 0; i < MANY; i++) await session.send(PayloadType.Output, payload);
}

/** What a hostile peer does to a session in memory, by its description. */
export const ATTACKS: ReadonlyMap<string, () => Promise<void>> = new Map([
  ['early messages of one byte', () => early(BYTE)],
  ['early messages of 64 KiB', () => early(Buffer.alloc(64 * KIB, 1))],
  ['frames with a header of 1 MiB', () => longFrames(MIB - 4)],
  ['frames with 1 MiB behind their payload', () => longFrames(116)],
  ['empty output for a basic port without a connection', () => beforeConnection(EMPTY)],
  ['output of one byte for a basic port without a connection', () => beforeConnection(BYTE)],
  [
    'output of one byte for a basic port whose program does not read',
    () => toStuckProgram(BASIC_AGENT, BYTE),
  ],
  [
    'output of one byte for a smux port whose program does not read',
    () => toStuckProgram(SMUX_AGENT, SMUX_BYTE),
  ],
  [
    'a payload of 100 000 smux frames of one byte',
    async () => {
      const payload = Buffer.concat(Array.from({ length: 100_000 }, () => SMUX_BYTE));
      await toStuckProgram(SMUX_AGENT, payload);
    },
  ],
  [
    'output of one byte for a shell whose stdout is not read',
    async () => sendWhileRead(await attackSession({ stdout: stuckStream() }), BYTE),
  ],
  [
    'errors of a port whose stderr is not read',
    async () => {
      const stderr = stuckStream();
      const presentation = callerPresentation(stderr, stderr);
      const session = await attackPort(SMUX_AGENT, { presentation });
      const text = Buffer.alloc(KIB, 'x');
      for (let i = 0; i < MANY; i++) await session.send(PayloadType.Error, text);
    },
  ],
  [
    'failed destinations on a display that is not read',
    async () => {
      const show = attackDisplays();
      const session = await attackPort(SMUX_AGENT, {
        presentation: { ...callerPresentation(sink(), sink()), onEvent: show },
      });
      const payload = encodeFlag(Flag.ConnectToPortError);
      for (let i = 0; i < MANY; i++) await session.send(PayloadType.Flag, payload);
    },
  ],
]);
