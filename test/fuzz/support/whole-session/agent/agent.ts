import assert from 'node:assert/strict';
import {
  acknowledgementOf,
  parseAcknowledgement,
} from '../../../../../src/protocol/acknowledgement.ts';
import {
  decodeClientMessage,
  encodeClientMessage,
  MessageType,
  type ClientMessage,
} from '../../../../../src/protocol/client-message.ts';
import { PayloadType } from '../../../../../src/protocol/payload-type.ts';
import {
  createAgentCipher,
  type PayloadCipher,
} from '../../../../local-aws/agent/channel/payload-cipher.ts';
import { naiveDecode } from '../../../../protocol/smux/naive-smux.ts';
import type { Random } from '../../../../support/random.ts';
import { frameOf } from '../../agent-frames.ts';
import { challenge, completion, request } from './handshake.ts';
import type { SessionPlan } from '../plan.ts';

/** The agent's end of a session: mostly as real ones are, for as long as the plan lets it. */
export interface FuzzAgent {
  /** Takes the next step of its beginning; later ones follow the session's answers. */
  begin(): void;
  /** Sends a payload in order; it is repeated until it is acknowledged. */
  send(payloadType: number, payload: Buffer): void;
  /** Sends output that the data key has not sealed, when the session is encrypted. */
  forge(): void;
  /** Sends again what is the longest unacknowledged. */
  repeat(messages: number): void;
  /** Takes what the session has sent. */
  read(frames: Buffer[]): void;
  /** Its handshake is complete, or it began without one. */
  readonly isRunning: boolean;
  /** Messages since the oldest that is not acknowledged. */
  readonly underWay: number;
  /** The sequence number of the next message in order. */
  readonly nextNumber: number;
  /** Whether the session has acknowledged a message of this number. */
  isAcknowledged(sequenceNumber: number): boolean;
  /** Bytes that local programs or keys have sent, as far as they arrived. */
  readonly received: number;
  /** smux streams that the session has opened, in order. */
  readonly streams: readonly number[];
  /** Something that was sealed by the session was opened. */
  readonly opened: boolean;
  /** A TerminateSession flag has arrived. */
  readonly isTerminated: boolean;
}

/** What an agent works with. */
export interface AgentOptions {
  readonly plan: SessionPlan;
  readonly dataKey: Buffer;
  readonly random: Random;
  /** Puts a frame on its way to the session. */
  readonly transmit: (frame: Buffer) => void;
}

const SEALED_TYPES: ReadonlySet<number> = new Set([
  PayloadType.Output,
  PayloadType.StdErr,
  PayloadType.ExitCode,
]);
/** In the answer of a session that is encrypted from now on. */
const ENCRYPTED_ANSWER = 'KMSCipherTextKey';
const SMUX_SYN = 0;
/** Text of a party without the data key; it must not be shown. */
export const FORGED = 'FORGED-OUTPUT';

/** An agent that has sent nothing yet. */
export function createFuzzAgent({ plan, dataKey, random, transmit }: AgentOptions): FuzzAgent {
  const unacknowledged = new Map<number, Buffer>();
  const acknowledged = new Set<number>();
  const early = new Map<number, ClientMessage>();
  const streams: number[] = [];
  let cipher: PayloadCipher | undefined;
  let isRunning = false;
  let isTerminated = false;
  /** A challenge was answered. */
  let isProven = false;
  let nextNumber = 0;
  let expected = 0;
  let received = 0;
  let opened = false;
  let smux = '';

  const isOdd = (): boolean => random.chance(plan.oddHandshake);
  const send = (payloadType: number, payload: Buffer, isForged = false): void => {
    const isSealed =
      isRunning && !isForged && cipher !== undefined && SEALED_TYPES.has(payloadType);
    const sequenceNumber = nextNumber++;
    const frame = frameOf(random, {
      sequenceNumber,
      payloadType,
      payload: isSealed ? (cipher?.encrypt(payload) ?? payload) : payload,
    });
    unacknowledged.set(sequenceNumber, frame);
    transmit(frame);
  };
  const run = (): void => {
    send(PayloadType.HandshakeComplete, completion(random, isOdd()));
    isRunning = true;
  };

  const answered = (answer: Buffer): void => {
    if (!answer.includes(ENCRYPTED_ANSWER)) {
      run();
      return;
    }
    cipher = createAgentCipher(dataKey);
    send(PayloadType.EncryptionChallengeRequest, challenge(cipher, random, isOdd()));
    if (isOdd()) run();
  };

  const takeOutput = (payload: Buffer): void => {
    // Whatever a session sends after the handshake of an encrypted one is sealed: else this throws.
    const bytes = cipher?.decrypt(payload) ?? payload;
    if (cipher !== undefined) opened = true;
    received += bytes.length;
    if (plan.kind !== 'multiplexed') return;
    const { frames, rest } = naiveDecode(smux + bytes.toString('latin1'));
    smux = rest;
    for (const { command, id } of frames) if (command === SMUX_SYN) streams.push(id);
  };

  const take = ({ payloadType, payload }: ClientMessage): void => {
    switch (payloadType) {
      case PayloadType.HandshakeResponse:
        answered(payload);
        break;
      case PayloadType.EncryptionChallengeResponse:
        assert.ok(!isProven, 'only one challenge is answered');
        isProven = true;
        run();
        break;
      case PayloadType.Output:
        takeOutput(payload);
        break;
      case PayloadType.Flag:
        isTerminated ||= payload.readUInt32BE() === 2;
    }
  };

  const takeInOrder = (message: ClientMessage): void => {
    if (message.sequenceNumber >= expected) early.set(message.sequenceNumber, message);
    for (let next = early.get(expected); next !== undefined; next = early.get(expected)) {
      early.delete(expected++);
      take(next);
    }
  };

  return {
    begin() {
      switch (plan.beginning) {
        case 'handshake':
          send(PayloadType.HandshakeRequest, request(plan, random, isOdd()));
          if (isOdd()) run();
          break;
        case 'output':
          isRunning = true;
          send(PayloadType.Output, Buffer.from('$ '));
          break;
        case 'nothing':
          isRunning = true;
      }
    },
    send,
    forge() {
      if (cipher !== undefined) send(PayloadType.Output, Buffer.from(FORGED), true);
    },
    repeat(messages) {
      for (const frame of [...unacknowledged.values()].slice(0, messages)) transmit(frame);
    },
    read(frames) {
      for (const frame of frames.splice(0)) {
        const message = decodeClientMessage(frame);
        if (message.messageType === MessageType.Acknowledge) {
          const { sequenceNumber } = parseAcknowledgement(message.payload);
          unacknowledged.delete(sequenceNumber);
          acknowledged.add(sequenceNumber);
          continue;
        }
        // A message that is not acknowledged at once is when it comes again.
        if (random.chance(plan.acknowledges) || message.sequenceNumber < expected) {
          transmit(encodeClientMessage(acknowledgementOf(message, random.bytes(16), 1)));
        }
        takeInOrder(message);
      }
    },
    get isRunning() {
      return isRunning;
    },
    get underWay() {
      const oldest = unacknowledged.keys().next().value ?? nextNumber;
      return nextNumber - oldest;
    },
    get nextNumber() {
      return nextNumber;
    },
    isAcknowledged: (sequenceNumber) => acknowledged.has(sequenceNumber),
    get received() {
      return received;
    },
    streams,
    get opened() {
      return opened;
    },
    get isTerminated() {
      return isTerminated;
    },
  };
}
