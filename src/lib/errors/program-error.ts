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
  /** A command line that cannot be read. */
  | 'usage'
  /** A list that the person has left. */
  | 'prompt'
  /** stdout or stderr. */
  | 'output';

/**
 * The base of every error that the program throws on purpose. The message is for the user: one sentence
 * without token, key or payload. `reason` is for code: a member of the closed union of its family.
 * Check an error by the function of its family, such as `isAwsError`, and by its reason: never by
 * `instanceof` or its name.
 */
export abstract class ProgramError<Reason extends string> extends Error {
  readonly reason: Reason;
  declare readonly [BRAND]: ErrorFamily;

  constructor(family: ErrorFamily, reason: Reason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
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
