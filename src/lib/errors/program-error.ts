import { errorText } from './error-text.ts';
import { messageOf, type Failure } from './failure.ts';

/**
 * Marks an error of this program, also for code in another file of the bundle, which has a copy of each
 * class: `instanceof` does not know the copies of others.
 */
const BRAND = Symbol.for('session-manager-plugin.error');

/** The part of the program that an error is about. */
export type ErrorFamily =
  /** A call to AWS, or its credentials. */
  | 'aws'
  /** A connection: name, route, proxy, TLS. */
  | 'network'
  /** The WebSocket to the message gateway. */
  | 'socket'
  /** Bytes of the peer that break the protocol. */
  | 'protocol'
  /** A local port or unix socket that is forwarded. */
  | 'listen'
  /** A file or variable that the user has written. */
  | 'configuration'
  /** What a command was asked to do. */
  | 'command'
  /** A session of a command. */
  | 'session'
  /** A command line that cannot be read. */
  | 'usage'
  /** A value on a command line, before it is known whose it is. */
  | 'value'
  /** A list that the person has left. */
  | 'prompt'
  /** stdout or stderr. */
  | 'output';

/**
 * The base of every error that the program throws on purpose. The message is for the user, without token,
 * key or payload: what is wrong, then what to do (`src/failures/`). `reason` is for code: a member of the closed union of its family.
 * Check an error by the function of its family, such as `isAwsError`, and by its reason: never by
 * `instanceof` or its name.
 */
export abstract class ProgramError<Reason extends string> extends Error {
  readonly reason: Reason;
  /** The stable name of the failure: a row of `docs/errors.md`, for the user's programs. */
  readonly code: string;
  /** The first part of the message: what is wrong. */
  readonly problem: string;
  /** The second part: what to do; may be empty. */
  readonly remedy: string;
  /** What callers such as the AWS CLI read in place of the message; undefined when they read that. */
  declare readonly callerText?: string;
  declare readonly [BRAND]: ErrorFamily;

  constructor(family: ErrorFamily, failure: Failure<Reason>, options?: ErrorOptions) {
    super(messageOf(failure), options);
    this.reason = failure.reason;
    this.code = failure.code;
    this.problem = failure.problem;
    this.remedy = failure.remedy;
    if (failure.callerText !== undefined) this.callerText = failure.callerText;
    // Not shown where an error is printed with its properties.
    Object.defineProperty(this, BRAND, { value: family });
  }
}

/** The family of an error of this program; undefined for anything else that was thrown. */
export function familyOf(thrown: unknown): ErrorFamily | undefined {
  return isBranded(thrown) ? thrown[BRAND] : undefined;
}

/** Only {@link ProgramError} sets the brand, in whichever file of the bundle. */
function isBranded(thrown: unknown): thrown is ProgramError<string> {
  return typeof thrown === 'object' && thrown !== null && BRAND in thrown;
}

/** The failure that an error reports; for one that is not of this program, its message. */
export function failureOf(thrown: unknown): Failure {
  if (isBranded(thrown)) {
    const { code, reason, problem, remedy, callerText } = thrown;
    const failure = { code, reason, problem, remedy };
    return callerText === undefined ? failure : { ...failure, callerText };
  }
  return { code: 'internal', reason: 'internal', problem: errorText(thrown), remedy: '' };
}
