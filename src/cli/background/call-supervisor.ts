import type { Socket } from 'node:net';
import { backgroundFailures } from '../../failures/background.ts';
import { asError } from '../../lib/errors/as-error.ts';
import { systemCode, systemText } from '../../lib/errors/system-error.ts';
import { withTimeout } from '../../lib/with-timeout.ts';
import { CommandError, type CommandContext } from '../framework/command-context.ts';
import { backgroundPlace, type BackgroundPlace } from './place.ts';
import {
  MAX_MESSAGE_BYTES,
  PROTOCOL,
  replyIn,
  type Envelope,
  type Reply,
  type Request,
} from './protocol.ts';
import { startSupervisor } from './start-supervisor.ts';

/** A supervisor answers at once, unless the machine is busy or its process was stopped. */
const HELLO_LIMIT_MS = 10_000;
/** How often a supervisor is started that ends, or that another one replaces, before it answers. */
const MAX_SUPERVISOR_STARTS = 5;
const LINE_FEED = 0x0a;

type Hello = Extract<Reply, { readonly reply: 'hello' }>;
/** What follows the first reply. */
export type Answer = Exclude<Reply, { readonly reply: 'hello' | 'refused' }>;

/** A request that the supervisor has taken. */
export interface SupervisorCall {
  /** Four dotted numbers: that of its program. */
  readonly version: string;
  /** Its answers, up to the end of the connection. @throws CommandError when it refuses the request */
  readonly answers: AsyncIterable<Answer>;
  /** No further input for the supervisor: it ends what belongs to this call. */
  readonly finish: () => void;
  readonly close: () => void;
}

type CallContext = Pick<CommandContext, 'env' | 'platform' | 'clock' | 'version'>;

/**
 * Sends a request to the supervisor of the user.
 *
 * @returns undefined when none runs
 * @throws CommandError when it does not answer, or is of a version that does not understand requests of this one
 */
export async function callSupervisor(
  context: CallContext,
  request: Request,
): Promise<SupervisorCall | undefined> {
  return call(context, backgroundPlace(context), request);
}

/** The same, after starting a supervisor if none runs. */
export async function callStartedSupervisor(
  context: CallContext,
  request: Request,
): Promise<SupervisorCall> {
  const place = backgroundPlace(context);
  for (let starts = 0; starts <= MAX_SUPERVISOR_STARTS; starts++) {
    const called = await call(context, place, request);
    if (called !== undefined) return called;
    await startSupervisor(context);
  }
  throw new CommandError(
    backgroundFailures['supervisor-not-started'](`it ended ${MAX_SUPERVISOR_STARTS} times at once`),
  );
}

async function call(
  { clock, version }: CallContext,
  place: BackgroundPlace,
  request: Request,
): Promise<SupervisorCall | undefined> {
  const socket = await connected(place);
  if (socket === undefined) return undefined;
  const replies = repliesOf(socket);
  const first = withTimeout(clock, HELLO_LIMIT_MS, replies.next(), () => {
    socket.destroy();
    throw unreachable(`it was silent for ${HELLO_LIMIT_MS / 1000} s`);
  });
  const envelope: Envelope = { protocol: PROTOCOL, version, message: request };
  socket.write(`${JSON.stringify(envelope)}\n`);
  const { value: hello } = await first;
  // It has just ended.
  if (hello === undefined) return undefined;
  if (hello === 'unknown' || hello.reply !== 'hello') {
    socket.destroy();
    throw unreachable('its answer is not valid');
  }
  return {
    version: hello.version,
    answers: answersOf(replies, hello, version),
    finish: () => void socket.end(),
    close: () => void socket.destroy(),
  };
}

async function connected(place: BackgroundPlace): Promise<Socket | undefined> {
  try {
    return await place.connect();
  } catch (thrown) {
    const error = asError(thrown);
    if (systemCode(error) === '') throw error;
    throw unreachable(systemText(error));
  }
}

function unreachable(why: string): CommandError {
  const remedy =
    'Try again. If it stays so, end the process with `__supervise` in its command line, and then run `session-manager-plugin up` again';
  return new CommandError(backgroundFailures['supervisor-unreachable'](why, remedy));
}

async function* answersOf(
  replies: AsyncIterable<Reply | 'unknown'>,
  { protocol, version }: Hello,
  ours: string,
): AsyncGenerator<Answer> {
  for await (const reply of replies) {
    // A later version may send more than this one understands.
    if (reply === 'unknown' || reply.reply === 'hello') continue;
    if (reply.reply !== 'refused') {
      yield reply;
      continue;
    }
    if (protocol !== PROTOCOL) {
      throw new CommandError(backgroundFailures['supervisor-version'](version, ours));
    }
    const { code, message } = reply.error;
    throw new CommandError({ reason: 'input', code, problem: message, remedy: '' });
  }
}

/** The lines of a connection, until it is closed. */
async function* repliesOf(socket: Socket): AsyncGenerator<Reply | 'unknown', undefined> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      let bytes = Buffer.concat([rest, chunk]);
      for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED)) {
        yield replyIn(bytes.toString('utf8', 0, at)) ?? 'unknown';
        bytes = bytes.subarray(at + 1);
      }
      if (bytes.length > MAX_MESSAGE_BYTES) return undefined;
      rest = bytes;
    }
  } catch (error) {
    // The supervisor was killed.
    if (systemCode(error) === '') throw error;
  }
  return undefined;
}
