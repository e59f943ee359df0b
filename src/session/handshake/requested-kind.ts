import { sessionFailures } from '../../failures/session.ts';
import { printableStart } from '../../lib/printable.ts';
import type { SessionFailure } from '../ending.ts';
import type { SessionKind } from './answer-handshake.ts';
import { parsePortProperties, type LocalEndpoint } from '../port/properties.ts';

/** The kind of session that the request asks for, as far as it is known. */
export type RequestedKind =
  /** A document of the account, or a caller that does not pass its request on. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'shell' }
  /** stdin and stdout are the bytes of a connection, as for ssh's ProxyCommand. */
  | { readonly kind: 'stdio' }
  | {
      readonly kind: 'forwarding';
      /** Undefined when the request does not name it. */
      readonly local: LocalEndpoint | undefined;
    };

type Offer = Exclude<RequestedKind, { readonly kind: 'unknown' }>;

/**
 * Characters of a path in a message. The agent chooses the path, and the path of a socket is never longer.
 */
const MAX_PATH_CHARACTERS = 108;

/**
 * Compares what the agent offers with what was asked for. The agent, not the request, decides what the
 * session becomes: a compromised one could ask for a listener, or for stdin, in place of a shell.
 *
 * @param agentVersion - four dotted numbers; empty when the session has no handshake
 * @returns why the session must not start; undefined when it may
 */
export function findKindMismatch(
  requested: RequestedKind,
  offered: SessionKind,
  agentVersion: string,
): SessionFailure | undefined {
  if (requested.kind === 'unknown') return undefined;
  const offer = offerOf(offered, agentVersion);
  if (isOf(requested, offer)) return undefined;
  return sessionFailures['session-kind-changed'](describe(offer), describe(requested));
}

function offerOf(offered: SessionKind, agentVersion: string): Offer {
  if (offered.kind === 'shell') return { kind: 'shell' };
  const port = parsePortProperties(offered.properties, agentVersion);
  switch (port.kind) {
    case 'stdio':
      return { kind: 'stdio' };
    case 'multiplexed':
    case 'basic':
      return { kind: 'forwarding', local: port.local };
    case 'invalid':
      // Nothing is opened for invalid properties: the session reports the error itself.
      return { kind: 'forwarding', local: undefined };
  }
}

function isOf(requested: Offer, offer: Offer): boolean {
  if (requested.kind !== 'forwarding' || offer.kind !== 'forwarding') {
    return requested.kind === offer.kind;
  }
  if (requested.local === undefined || offer.local === undefined) return true;
  return isSameEndpoint(requested.local, offer.local);
}

function isSameEndpoint(one: LocalEndpoint, other: LocalEndpoint): boolean {
  return one.kind === 'tcp'
    ? other.kind === 'tcp' && one.port === other.port
    : other.kind === 'unix' && one.path === other.path;
}

function describe(kind: Offer): string {
  switch (kind.kind) {
    case 'shell':
      return 'a shell';
    case 'stdio':
      return 'a connection of stdin and stdout';
    case 'forwarding':
      return kind.local === undefined
        ? 'a local listener'
        : `a listener on ${endpoint(kind.local)}`;
  }
}

function endpoint(local: LocalEndpoint): string {
  if (local.kind === 'unix') return `the socket ${printableStart(local.path, MAX_PATH_CHARACTERS)}`;
  return local.port === 0 ? 'any free local port' : `local port ${local.port}`;
}
