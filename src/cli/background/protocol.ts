import { FAST_MODES, type FastMode } from '../tunnel/fast-mode.ts';
import {
  readError,
  readStatus,
  type ConnectionStatus,
  type ReportedError,
} from './connection-status.ts';
import type { Relayed, ReverseForward } from '../ports/forward.ts';
import {
  count,
  decoded,
  flag,
  listOf,
  nullable,
  oneOf,
  optional,
  shape,
  text,
  texts,
} from './decode.ts';

/** Of requests, replies and the jobs of processes. Another number means that they are not understood. */
export const PROTOCOL = 1;

/**
 * The longest line of a request or reply, in bytes. Linux passes at most 2 MiB of arguments and variables to a
 * program, and JSON can double them.
 */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** One port to forward. */
export interface JobPort {
  readonly localPort: string;
  readonly host: string | null;
  readonly port: string;
  /** Undefined for what the agent can forward. */
  readonly relayed?: Relayed | undefined;
}

/** What a process of the program forwards. */
export interface Job {
  readonly name: string;
  readonly target: string;
  readonly profile: string;
  readonly region: string;
  readonly endpointUrl: string;
  readonly onDemand: boolean;
  /** What `--fast` is; empty for the ports of the agent. */
  readonly fast: FastMode | '';
  /** After how long without a program its sessions end; empty for never. */
  readonly idle: string;
  /** Whether to find out if its destinations answer. */
  readonly checks: boolean;
  readonly ports: readonly JobPort[];
}

/** Where and with which variables the processes run. They are in memory only. */
export interface Surroundings {
  readonly directory: string | null;
  readonly env: Readonly<Record<string, string>>;
}

/** What a client asks for, in one line. */
export type Request =
  | ({
      readonly request: 'up';
      /** Whether the connections end with the client. */
      readonly attached: boolean;
      readonly jobs: readonly Job[];
    } & Surroundings)
  | { readonly request: 'status' }
  /** Without a name all. */
  | {
      readonly request: 'down' | 'logs';
      readonly names: readonly string[];
      readonly follow: boolean;
    };

/** What `up` did with a connection. */
export type UpResult =
  | 'started'
  /** It is up with the same settings. */
  | 'kept'
  /** It was up with other settings. */
  | 'replaced';

/** A line of the supervisor. */
export type Reply =
  /** The first one. */
  | {
      readonly reply: 'hello';
      readonly protocol: number;
      readonly version: string;
      readonly pid: number;
    }
  | { readonly reply: 'accepted'; readonly name: string; readonly result: UpResult }
  | { readonly reply: 'status'; readonly connection: ConnectionStatus }
  | { readonly reply: 'down'; readonly name: string }
  | { readonly reply: 'line'; readonly time: number; readonly name: string; readonly text: string }
  /** Lines before this one are missing, because they were not read. */
  | { readonly reply: 'dropped'; readonly lines: number }
  /** The request is refused. */
  | { readonly reply: 'refused'; readonly error: ReportedError }
  | { readonly reply: 'end' };

/** The first line of a client. */
export interface Envelope {
  readonly protocol: number;
  readonly version: string;
  readonly message: unknown;
}

const readRelayedKind = shape({ kind: oneOf<Relayed['kind']>(['udp', 'unix', 'reverse']) });
const readSockets = shape({ localPath: optional(text), remotePath: optional(text) });
const readToKind = shape({ kind: oneOf(['tcp', 'unix']) });
const readReverse = shape({ address: text, to: readTo });
const readEndpoint = shape({ host: text, port: text });
const readPath = shape({ path: text });

function readTo(value: unknown): ReverseForward['to'] {
  const { kind } = readToKind(value);
  return kind === 'tcp' ? { kind, ...readEndpoint(value) } : { kind: 'unix', ...readPath(value) };
}

function readRelayed(value: unknown): Relayed {
  const { kind } = readRelayedKind(value);
  switch (kind) {
    case 'udp':
      return { kind };
    case 'unix': {
      const { localPath, remotePath } = readSockets(value);
      return { kind, localPath, remotePath };
    }
    case 'reverse':
      return { kind, ...readReverse(value) };
  }
}

/** Reads what a process forwards. */
export const readJob = shape<Job>({
  name: text,
  target: text,
  profile: text,
  region: text,
  endpointUrl: text,
  onDemand: flag,
  fast: oneOf<Job['fast']>(['', ...FAST_MODES]),
  idle: text,
  checks: flag,
  ports: listOf(
    shape<JobPort>({
      localPort: text,
      host: nullable(text),
      port: text,
      relayed: optional(readRelayed),
    }),
  ),
});

/** Reads the first line of a client. */
export const readEnvelope = shape<Envelope>({
  protocol: count,
  version: text,
  message: (value) => value,
});

const readKind = shape<{ request: Request['request'] }>({
  request: oneOf(['up', 'status', 'down', 'logs']),
});
const readUp = shape({
  attached: flag,
  jobs: listOf(readJob),
  directory: nullable(text),
  env: texts,
});
const readNames = shape({ names: listOf(text), follow: flag });

/** Reads a request. @throws TypeError when it is not valid */
export function readRequest(value: unknown): Request {
  const { request } = readKind(value);
  switch (request) {
    case 'up':
      return { request, ...readUp(value) };
    case 'status':
      return { request };
    case 'down':
    case 'logs':
      return { request, ...readNames(value) };
  }
}

const readReplyKind = shape<{ reply: Reply['reply'] }>({
  reply: oneOf(['hello', 'accepted', 'status', 'down', 'line', 'dropped', 'refused', 'end']),
});
const readHello = shape({ protocol: count, version: text, pid: count });
const readAccepted = shape<{ name: string; result: UpResult }>({
  name: text,
  result: oneOf(['started', 'kept', 'replaced']),
});
const readStatusReply = shape({ connection: readStatus });
const readName = shape({ name: text });
const readLine = shape({ time: count, name: text, text });
const readDropped = shape({ lines: count });
const readRefused = shape({ error: readError });

function readReply(value: unknown): Reply {
  const { reply } = readReplyKind(value);
  switch (reply) {
    case 'hello':
      return { reply, ...readHello(value) };
    case 'accepted':
      return { reply, ...readAccepted(value) };
    case 'status':
      return { reply, ...readStatusReply(value) };
    case 'down':
      return { reply, ...readName(value) };
    case 'line':
      return { reply, ...readLine(value) };
    case 'dropped':
      return { reply, ...readDropped(value) };
    case 'refused':
      return { reply, ...readRefused(value) };
    case 'end':
      return { reply };
  }
}

/** A line of the supervisor; undefined when it is none, such as one of a later version. */
export function replyIn(line: string): Reply | undefined {
  return decoded(line, readReply);
}
