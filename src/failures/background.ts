import { defineFailures } from '../lib/errors/failure.ts';

/** What ends everything in the background, so that the next `up` starts anew. */
const END_ALL = 'session-manager-plugin down --all';

/** Failures of the commands for connections in the background, and of the supervisor. */
export const backgroundFailures = defineFailures({
  'supervisor-not-started': {
    reason: 'input',
    text: (why: string) => [
      `The supervisor of connections in the background could not be started: ${why}`,
      'Try again. Without it, forward a connection with `session-manager-plugin forward NAME`',
    ],
  },
  'supervisor-unreachable': {
    reason: 'input',
    text: (why: string, remedy: string) => [
      `The supervisor of connections in the background does not answer: ${why}`,
      remedy,
    ],
  },
  'supervisor-version': {
    reason: 'input',
    text: (theirs: string, ours: string) => [
      `The supervisor of connections in the background has version ${theirs}, which version ${ours} does not understand`,
      `Run \`${END_ALL}\`, and then \`session-manager-plugin up\` again`,
    ],
  },
  'supervisor-refused': {
    reason: 'input',
    text: (why: string) => [
      `The supervisor of connections in the background refused the request: ${why}`,
      `If this happens again, run \`${END_ALL}\`, and then try again`,
    ],
  },
  'connection-unknown': {
    reason: 'input',
    text: (name: string, nearest?: string) => [
      `There is no connection "${name}"`,
      nearest === undefined
        ? 'To list them, run `session-manager-plugin connections`'
        : `Did you mean ${nearest}?`,
    ],
  },
  'connection-without-ports': {
    reason: 'input',
    text: (name: string, path: string, line: string) => [
      `The connection "${name}" has no ports to forward: ${path}, line ${line}`,
      'Add some: forward = ["5432:orders.internal:5432"]',
    ],
  },
  'connections-without-ports': {
    reason: 'input',
    text: () => [
      'There is no connection with ports to forward',
      'Add one: `session-manager-plugin connections add NAME TARGET PORT`',
    ],
  },
  'connection-not-up': {
    reason: 'input',
    text: (name: string, others: readonly string[]) => [
      `The connection "${name}" is not up`,
      others.length === 0 ? 'No connection is' : `These are: ${others.join(', ')}`,
    ],
  },
  'connection-process-ended': {
    reason: 'session',
    text: (how: string) => [`The process of the connection ended unexpectedly (${how})`, ''],
  },
  'program-not-found': {
    reason: 'session',
    text: (path: string, why: string) => [
      `The program ${path} could not be started again: ${why}`,
      `If you have moved it, run \`${END_ALL}\`, and then \`session-manager-plugin up\` again`,
    ],
  },
  'program-replaced': {
    reason: 'session',
    text: () => [
      'Another version of the program was installed, which the supervisor does not understand',
      `Run \`${END_ALL}\`, and then \`session-manager-plugin up\` again`,
    ],
  },
});
