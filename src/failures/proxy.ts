import { defineFailures } from '../lib/errors/failure.ts';

/** Failures that a client of the proxy gets, by what it asked for. `destination` is a host and a port. */
export const proxyFailures = defineFailures({
  'proxy-denied': {
    reason: 'denied',
    text: (destination: string) => [
      `This proxy does not allow ${destination}`,
      'Start it with another --allow or --deny',
    ],
  },
  'proxy-target-itself': {
    reason: 'denied',
    text: (destination: string) => [
      `This proxy does not allow ${destination}, which is the target itself`,
      'Start it with `--allow localhost`, and with `--allow` for each other host',
    ],
  },
  'proxy-destination-unreachable': {
    reason: 'unreachable',
    text: (target: string, destination: string) => [
      `${target} cannot connect to ${destination}`,
      'Check the name and the port, and that the network allows this connection',
    ],
  },
  'proxy-busy': {
    reason: 'busy',
    text: (sessions: number) => [
      `All ${sessions} sessions of this proxy are in use`,
      'Close other connections and try again',
    ],
  },
  'proxy-session-ended': {
    reason: 'ended',
    text: (destination: string) => [
      `The session for ${destination} ended before there was an answer`,
      'Try again: the proxy starts another session',
    ],
  },
  'proxy-answer-invalid': {
    reason: 'unreachable',
    text: (destination: string) => [
      `${destination} sent no valid HTTP response`,
      'Check that an HTTP server listens there',
    ],
  },
  'proxy-request-invalid': {
    reason: 'invalid',
    text: (why: string) => [
      `This proxy cannot serve the request: ${why}`,
      'Use it as an HTTP or SOCKS proxy',
    ],
  },
});
