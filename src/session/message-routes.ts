import type { Writable } from 'node:stream';

/**
 * Where a session's own words go; what the remote side says goes to stdout and stderr in any case.
 * Words meant for stdout go to stderr while stdout is the byte stream of a port.
 */
export interface MessageRoutes {
  /** Texts that callers read: the start, opened ports, the end. Undefined: nowhere. */
  readonly texts: Writable | undefined;
  /** Remarks for the person, such as that it is reconnecting. Undefined: nowhere. */
  readonly notices: Writable | undefined;
  /** Whether `notices` is a terminal, where a line can be written over. */
  readonly noticesOnTerminal: boolean;
  /** Why the session did not start or cannot go on. */
  readonly failures: Writable;
}
