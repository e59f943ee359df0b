import { MessageType } from '../../../../../src/protocol/client-message.ts';
import { PayloadType } from '../../../../../src/protocol/payload-type.ts';
import { naiveEncode } from '../../../../protocol/smux/naive-smux.ts';
import type { Random } from '../../../../support/random.ts';
import { frameOf } from '../../agent-frames.ts';
import { mutateBytes } from '../../mutations.ts';
import type { FuzzAgent } from './agent.ts';
import { completion, request } from './handshake.ts';
import type { SessionPlan } from '../plan.ts';

const PAYLOAD_BYTES = 1024;
const POOL = Buffer.alloc(64 * PAYLOAD_BYTES, 'The payload of a session: PAYLOAD-MARK ä\r\n');
/** In every larger payload; no log has it. */
export const PAYLOAD_MARK = 'PAYLOAD-MARK';

/** What a program switches on in a terminal, and pieces of sequences. */
const SEQUENCES = [
  '\u001b[?1049h\u001b[?25l',
  '\u001b[?1000h\u001b[?1006h',
  '\u001b[?2004h\u001b=',
  '\u001b[31;1m',
  '\u001b[4h\u001b[2;5r',
  '\u001b[>1u',
  '\u001b]2;title\u0007',
  '\u001b[',
  '\u001b]8;;',
  '\u001bc',
  'plain\n',
] as const;
const EXIT_CODES = [
  'EXIT_CODE: 0',
  'EXIT_CODE: 7',
  'EXIT_CODE: -1',
  'EXIT_CODE: 300',
  'EXIT_CODE: 9999999999',
  'EXIT_CODE: ',
  'exit',
] as const;
const SMUX = { syn: 0, fin: 1, push: 2, nop: 3, update: 4 };
const SMUX_COMMANDS = [SMUX.syn, SMUX.fin, SMUX.push, SMUX.push, SMUX.push, SMUX.nop] as const;

/** Bytes without meaning, up to a length. */
export function someBytes(random: Random, longest: number): Buffer {
  return POOL.subarray(0, random.below(Math.min(longest, POOL.length) + 1));
}

/** One payload from the agent, as they come in a session of this kind, or of any type at all. */
export function sendSomething(plan: SessionPlan, agent: FuzzAgent, random: Random): void {
  if (random.chance(0.05)) {
    sendAnything(plan, agent, random);
    return;
  }
  switch (plan.kind) {
    case 'shell':
    case 'command':
      sendOutput(agent, random);
      break;
    case 'stdio':
    case 'basic':
      agent.send(PayloadType.Output, someBytes(random, PAYLOAD_BYTES));
      break;
    case 'multiplexed':
      for (const payload of cut(smuxFrames(agent, random), random)) {
        agent.send(PayloadType.Output, payload);
      }
  }
  if (random.chance(0.03)) sendControl(agent, random);
}

/** A payload of any type, whether it belongs to the state of the session or not. */
export function sendAnything(plan: SessionPlan, agent: FuzzAgent, random: Random): void {
  switch (random.below(3)) {
    case 0:
      agent.send(PayloadType.HandshakeRequest, request(plan, random, random.chance(0.5)));
      break;
    case 1:
      agent.send(PayloadType.HandshakeComplete, completion(random, random.chance(0.5)));
      break;
    default:
      agent.send(random.below(14), random.bytes(random.below(60)));
  }
}

function sendOutput(agent: FuzzAgent, random: Random): void {
  const type = random.pick([PayloadType.Output, PayloadType.Output, PayloadType.StdErr]);
  const isPlain = random.chance(0.6);
  const payload = isPlain ? someBytes(random, PAYLOAD_BYTES) : Buffer.from(random.pick(SEQUENCES));
  agent.send(type, payload);
}

function sendControl(agent: FuzzAgent, random: Random): void {
  switch (random.below(4)) {
    case 0:
      agent.send(PayloadType.ExitCode, Buffer.from(random.pick(EXIT_CODES)));
      break;
    case 1:
      agent.send(PayloadType.Error, Buffer.from('a failure\u001b[2J\u202e\n'));
      break;
    case 2:
      agent.send(PayloadType.Flag, Buffer.from([0, 0, 0, random.below(5)]));
      break;
    default:
      agent.send(PayloadType.EncryptionChallengeRequest, Buffer.from('{"Challenge":"AAAA"}'));
  }
}

/** Frames for streams that the session has opened, now and then for others, rarely broken. */
function smuxFrames(agent: FuzzAgent, random: Random): Buffer {
  const known = agent.streams[random.below(agent.streams.length)];
  const id = known === undefined || random.chance(0.05) ? random.below(20) : known;
  const command = random.pick(SMUX_COMMANDS);
  const data = someBytes(random, command === SMUX.push ? 4 * PAYLOAD_BYTES : 0);
  const frame = Buffer.from(naiveEncode(command, id, data.toString('latin1')), 'latin1');
  if (random.chance(0.003)) return mutateBytes(frame, random);
  if (random.chance(0.002)) return Buffer.from(naiveEncode(SMUX.update, id, ''), 'latin1');
  return frame;
}

/** Frames cross the borders of payloads anywhere. */
function cut(bytes: Buffer, random: Random): readonly Buffer[] {
  const payloads: Buffer[] = [];
  for (let rest = bytes; rest.length > 0;) {
    const length = random.chance(0.2) ? random.between(1, 10) : PAYLOAD_BYTES;
    payloads.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return payloads;
}

/** Output as much as a session takes, up to a bound; stops when it takes no more. */
export function flood(
  plan: SessionPlan,
  agent: FuzzAgent,
  read: () => void,
  messages: number,
): void {
  const id = agent.streams.at(-1) ?? 3;
  const data = POOL.subarray(0, 16 * PAYLOAD_BYTES);
  const smux = Buffer.from(naiveEncode(SMUX.push, id, data.toString('latin1')), 'latin1');
  for (let sent = 0; sent < messages; sent++) {
    if (agent.underWay > FLOOD_WINDOW) return;
    agent.send(PayloadType.Output, plan.kind === 'multiplexed' ? smux : data);
    read();
  }
}

/** Messages on their way in a flood. */
const FLOOD_WINDOW = 32;

/** Payloads after a message that never comes, as many as the session acknowledges, in bytes. */
export function leaveHole(
  agent: FuzzAgent,
  random: Random,
  transmit: (frame: Buffer) => void,
  read: () => void,
): number {
  const first = agent.nextNumber + 1;
  const payload = Buffer.alloc(HOLE_PAYLOAD_BYTES);
  const frame = frameOf(random, {
    messageType: MessageType.OutputStreamData,
    payloadType: PayloadType.Output,
    payload,
  });
  for (let i = 0; i < HOLE_MESSAGES; i++) {
    const copy = Buffer.from(frame);
    copy.writeBigInt64BE(BigInt(first + i), SEQUENCE_NUMBER_OFFSET);
    transmit(copy);
    read();
  }
  const taken = Array.from({ length: HOLE_MESSAGES }, (_value, i) => first + i).filter((number) =>
    agent.isAcknowledged(number),
  );
  return taken.length * HOLE_PAYLOAD_BYTES;
}

const SEQUENCE_NUMBER_OFFSET = 48;
const HOLE_PAYLOAD_BYTES = 1024 * 1024;
const HOLE_MESSAGES = 24;
