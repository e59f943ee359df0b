import type { Failure } from '../../lib/errors/failure.ts';
import type { FastMode } from '../tunnel/fast-mode.ts';

/** Who owns a connections file. */
export type ConnectionScope =
  /** The user's own file, which may set everything. */
  | 'user'
  /** The file of a directory, which may have come with what is in it. */
  | 'project';

/** A named way to a target. What a file does not set is an empty text, an empty list or false. */
export interface Connection {
  readonly name: string;
  /** The file that defines it. */
  readonly path: string;
  /** The line of its name there, from 1. */
  readonly line: number;
  /** What a TARGET can be, but no name of a connection. */
  readonly target: string;
  readonly profile: string;
  readonly region: string;
  /** Ports as `forward` takes them, and the line where the list begins. */
  readonly forward: readonly string[];
  readonly forwardLine: number;
  /** Whether `forward` starts no session before a program connects. */
  readonly onDemand: boolean;
  /** After how long without a program `forward` ends the session, as `--idle` takes it; empty for never. */
  readonly idle: string;
  /** What `--fast` is; empty for the ports of the agent. */
  readonly fast: FastMode | '';
}

/** A connection that is in no file yet. */
export type NewConnection = Pick<
  Connection,
  'name' | 'target' | 'profile' | 'region' | 'forward' | 'onDemand' | 'idle'
>;

/** One connections file, as it was found. */
export interface ConnectionFile {
  readonly path: string;
  readonly scope: ConnectionScope;
  readonly connections: readonly Connection[];
  /** What is wrong with it: then nothing in it counts. */
  readonly faults: readonly Failure<'input'>[];
}

/** The connections of the user and of the working directory. */
export interface Connections {
  /** The file of the user, which need not exist. */
  readonly userFile: string;
  /** The files that exist, the closest to the working directory first: what it defines wins. Reads them once. */
  files(): Promise<readonly ConnectionFile[]>;
  /**
   * The connection of a name; undefined when no file defines it.
   *
   * @throws CommandError when a file that could define it cannot be used
   */
  find(name: string): Promise<Connection | undefined>;
  /** What the user must know before a connection that was found is used: each text once, then undefined. */
  noticeOf(connection: Connection): Promise<string | undefined>;
  /**
   * Writes a connection to the file of the user.
   *
   * @throws CommandError when the file cannot be written, is not valid or defines the connection already
   */
  add(connection: NewConnection): Promise<void>;
}

/** A name that is not read as a port, an option, a path or a place of a copy. */
const NAME = /^[a-z][\w-]{0,63}$/i;
/** Ids of nodes are always themselves. */
const NODE_ID = /^m?i-[0-9a-f]+$/;

/** What names of connections are, for messages. */
export const NAME_RULE =
  'A name begins with a letter, has letters, digits, - and _ only, at most 64 of them, and is not the id of a node';

/** Whether a text can be the name of a connection. */
export function isConnectionName(text: string): boolean {
  return NAME.test(text) && !NODE_ID.test(text);
}
