import type { Writable } from 'node:stream';
import type { MessageRoutes } from '../../../src/session/message-routes.ts';

/** Where a session's messages go when the AWS CLI has started it. */
export function callerRoutes(stdout: Writable, stderr: Writable): MessageRoutes {
  return { texts: stdout, notices: stderr, noticesOnTerminal: false, failures: stdout };
}
