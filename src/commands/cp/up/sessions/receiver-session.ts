import { PassThrough, type Writable } from 'node:stream';
import type { RemoteCommand, RemoteEnd } from '../../../../cli/remote/remote.ts';
import type { Clock } from '../../../../lib/clock.ts';
import { asError } from '../../../../lib/errors/as-error.ts';
import { createChangeSignal, type ChangeSignal } from '../chunks/change-signal.ts';
import { CHUNK_BYTES, type Chunk } from '../chunks/chunk-source.ts';
import {
  chunkFrame,
  endFrame,
  keepAliveFrame,
  pieceFrame,
  scriptFrame,
  type Reply,
  type ResultName,
} from '../target/frames.ts';
import { replyLines } from './reply-lines.ts';
import { watchSession } from './session-watch.ts';

/**
 * Bytes that a session sends before the target has stored the first chunk of them: enough to keep it busy while the
 * answer is on its way, at the agent's pace and a round trip of 500 ms.
 */
const MAX_UNACKNOWLEDGED_BYTES = 768 * 1024;
/**
 * The same for all sessions of a copy: they are in memory. More than five sessions share the pace of one agent, so each
 * needs less.
 */
const MAX_BYTES_OF_ALL_SESSIONS = 4 * 1024 * 1024;

/** Chunks that each of `sessions` sends before the target has stored the first. */
export function unacknowledgedChunks(sessions: number): number {
  const bytes = Math.min(MAX_UNACKNOWLEDGED_BYTES, MAX_BYTES_OF_ALL_SESSIONS / sessions);
  return Math.max(1, Math.floor(bytes / CHUNK_BYTES));
}

/** Starts the receiver in a session of its own, on a raw terminal. */
export type StartReceiver = (streams: {
  readonly input: PassThrough;
  readonly output: Writable;
}) => Promise<RemoteCommand>;

/** What a session works with. */
export interface SessionTools {
  readonly start: StartReceiver;
  readonly clock: Clock;
  /** The error of a session whose target does not answer any more. */
  readonly stalled: () => Error;
}

/** How a session ended before its work was done. */
export type SessionEnd =
  | Exclude<RemoteEnd, { kind: 'exited' }>
  /** The target could not store something: the text of its tool, empty when the receiver could not run. */
  | { readonly kind: 'refused'; readonly text: string };

/** The last value of each result of a script. */
export type ScriptResults = ReadonlyMap<ResultName, string>;

/** What a script has reported. */
export interface ScriptResult {
  readonly status: number;
  readonly results: ScriptResults;
}

/** Called for each result of a script as it comes. */
type OnResult = (name: ResultName, value: string) => void;

/** A receiver on the target, and what is sent to it. */
export interface ReceiverSession {
  /** Runs a script (destination.ts) after everything that was sent before; undefined when the session ends first. */
  run(script: Buffer, onResult?: OnResult): Promise<ScriptResult | undefined>;
  /** Sends a chunk of the file. Resolves when another one may be sent; false when the session has ended. */
  send(chunk: Chunk): Promise<boolean>;
  /** The same for a piece of the stream that a script has opened. */
  sendPiece(chunk: Chunk): Promise<boolean>;
  /** Undefined while it works. */
  readonly end: SessionEnd | undefined;
  /** Resolves when the session has ended on the service, too. */
  readonly ended: Promise<unknown>;
  /** Ends the receiver, and waits for the end of its session. */
  quit(): Promise<void>;
}

/** What a session reports besides. */
export interface SessionListener {
  stored(chunk: Chunk): void;
  /** The session has ended before these were stored. */
  unsent(chunks: readonly Chunk[]): void;
}

/** For a session that only runs scripts. */
export const NO_CHUNKS: SessionListener = { stored: () => undefined, unsent: () => undefined };

/** A script that runs. */
interface RunningScript {
  readonly results: Map<ResultName, string>;
  readonly onResult: OnResult | undefined;
  readonly settle: (result: ScriptResult | undefined) => void;
}

/** What a session knows. */
interface State {
  end: SessionEnd | undefined;
  script: RunningScript | undefined;
  /** Sent, and not stored, by their index. */
  readonly unacknowledged: Map<number, Chunk>;
  /** Lines that the target has written. */
  lines: number;
  /** Whether the target has to show that it is there. */
  isAsked: boolean;
}

/**
 * Starts a session. A failure to start is its end.
 *
 * @param sessions - how many work side by side
 */
export async function openReceiverSession(
  { start, clock, stalled }: SessionTools,
  listener: SessionListener,
  sessions = 1,
): Promise<ReceiverSession> {
  const input = new PassThrough();
  const changes = createChangeSignal();
  const state: State = {
    end: undefined,
    script: undefined,
    unacknowledged: new Map(),
    lines: 0,
    isAsked: false,
  };
  const close = (how: SessionEnd): void => {
    if (state.end !== undefined) return;
    state.end = how;
    const unsent = [...state.unacknowledged.values()];
    state.unacknowledged.clear();
    input.destroy();
    state.script?.settle(undefined);
    listener.unsent(unsent);
    changes.notify();
  };
  const output = replyLines((reply) => {
    receive(reply, state, { listener, close });
    changes.notify();
  });
  const command = await start({ input, output }).catch(notStarted);
  const isBusy = (): boolean => state.script !== undefined || state.unacknowledged.size > 0;
  const watch = watchSession(clock, {
    activity: () => `${state.lines} ${input.readableLength + input.writableLength}`,
    owes: () => isBusy() || state.isAsked,
    isConnected: () => command.connectedSince !== undefined,
    keepAlive() {
      if (state.end !== undefined) return;
      state.isAsked = true;
      for (const bytes of keepAliveFrame()) input.write(bytes);
    },
    stalled() {
      close({ kind: 'lost', error: stalled() });
      void command.stop();
    },
  });
  const ended = command.ended.then((how) => {
    watch.cancel();
    close(how.kind === 'exited' ? EXITED : how);
  });

  const { write, sendChunk } = createSender(input, state, changes, {
    listener,
    most: unacknowledgedChunks(sessions),
  });

  return {
    async run(script, onResult) {
      const ran = new Promise<ScriptResult | undefined>((settle) => {
        state.script = { results: new Map(), onResult, settle };
      });
      return (await write(scriptFrame(script))) ? ran : undefined;
    },
    send: (chunk) => sendChunk(chunk, chunkFrame(chunk.index, chunk.data)),
    sendPiece: (chunk) => sendChunk(chunk, pieceFrame(chunk.index, chunk.data)),
    get end() {
      return state.end;
    },
    ended,
    async quit() {
      await write(endFrame());
      await ended;
    },
  };
}

/** What writes frames for a receiver. Its functions return false when the session has ended. */
interface Sender {
  readonly write: (frame: readonly Buffer[]) => Promise<boolean>;
  readonly sendChunk: (chunk: Chunk, frame: readonly Buffer[]) => Promise<boolean>;
}

function createSender(
  input: PassThrough,
  state: State,
  changes: ChangeSignal,
  { listener, most }: { readonly listener: SessionListener; readonly most: number },
): Sender {
  const isOpen = (): boolean => state.end === undefined;

  const write = async (frame: readonly Buffer[]): Promise<boolean> => {
    for (const bytes of frame) {
      if (!isOpen()) return false;
      if (input.write(bytes)) continue;
      input.once('drain', () => changes.notify());
      while (input.writableNeedDrain && isOpen()) await changes.next();
    }
    return isOpen();
  };

  const sendChunk = async (chunk: Chunk, frame: readonly Buffer[]): Promise<boolean> => {
    if (!isOpen()) {
      listener.unsent([chunk]);
      return false;
    }
    state.unacknowledged.set(chunk.index, chunk);
    await write(frame);
    while (state.unacknowledged.size >= most && isOpen()) await changes.next();
    return isOpen();
  };

  return { write, sendChunk };
}

/** The receiver ends only when it is asked to, when its terminal hangs up, or when it cannot run. */
const EXITED: SessionEnd = { kind: 'refused', text: '' };

function notStarted(thrown: unknown): RemoteCommand {
  return {
    ended: Promise.resolve({ kind: 'lost', error: asError(thrown) }),
    connectedSince: undefined,
    stop: () => Promise.resolve(),
  };
}

/** Handles an answer of the receiver. */
function receive(
  reply: Reply,
  state: State,
  {
    listener,
    close,
  }: { readonly listener: SessionListener; readonly close: (how: SessionEnd) => void },
): void {
  state.lines++;
  switch (reply.kind) {
    case 'stored': {
      const chunk = state.unacknowledged.get(reply.index);
      if (chunk === undefined) return;
      state.unacknowledged.delete(reply.index);
      listener.stored(chunk);
      return;
    }
    case 'refused':
      close(reply);
      return;
    case 'result':
      state.script?.results.set(reply.name, reply.value);
      state.script?.onResult?.(reply.name, reply.value);
      return;
    case 'ran':
      state.script?.settle({ status: reply.status, results: state.script.results });
      state.script = undefined;
      return;
    case 'alive':
      state.isAsked = false;
      return;
  }
}
