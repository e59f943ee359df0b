import type { RequestedKind } from '../../../../src/session/handshake/requested-kind.ts';
import type { SessionOptions } from '../../../../src/session/session-host.ts';
import { SESSION_OPTIONS } from '../../../session/support/session-options.ts';
import type { Random } from '../../../support/random.ts';
import { testFailure } from '../../../support/test-failure.ts';
import type { SessionFailure } from '../../../../src/session/ending.ts';

/** Kinds of session, by what runs in them. */
export const KINDS = ['shell', 'command', 'stdio', 'basic', 'multiplexed'] as const;
export type Kind = (typeof KINDS)[number];

/** What one session is like. */
export interface SessionPlan {
  readonly kind: Kind;
  /** How the agent begins. Only a shell begins without a handshake. */
  readonly beginning: 'handshake' | 'output' | 'nothing';
  readonly encrypted: boolean;
  readonly agentVersion: string;
  /** Properties of the handshake's SessionType action. */
  readonly properties: object;
  /** Keys come from a terminal. */
  readonly interactive: boolean;
  /** The program's texts go to a separate stream, as in commands. */
  readonly textsApart: boolean;
  readonly listensToEvents: boolean;
  readonly hangUpEnds: boolean;
  /** The share of frames from the agent that arrive damaged, twice, late or not at all. */
  readonly noise: number;
  /** The share of handshake payloads that are other than an agent's. */
  readonly oddHandshake: number;
  /** The share of messages that the agent acknowledges at once. */
  readonly acknowledges: number;
  readonly steps: number;
  readonly options: SessionOptions;
  readonly failureStatus: number;
  readonly missingExitStatus: (() => SessionFailure) | undefined;
}

/** In every text of the session that must not appear anywhere. */
export const SECRET = 'S3CR3T';

const SHELL_TYPES = ['Standard_Stream', 'InteractiveCommands', 'NonInteractiveCommands'] as const;
const VERSIONS: Readonly<Record<Kind, readonly [string, ...string[]]>> = {
  shell: ['3.3.0.0', '3.3.808.0', '2.0.0.0', ''],
  command: ['3.3.0.0', '3.2.0.0'],
  stdio: ['3.3.0.0', '2.3.0.0', 'a.b', '99999999999999999999.1'],
  basic: ['3.0.196.0', '2.3.700.0', '1.0.0.0'],
  multiplexed: ['3.3.0.0', '3.1.1000.0'],
};
const TIMES = { seconds: 1_000, minute: 60_000 };

function portProperties(random: Random): object {
  const ordinary = { portNumber: '22', type: 'LocalPortForwarding' };
  if (random.chance(0.7)) return ordinary;
  return {
    ...ordinary,
    ...random.pick<object>([
      { localPortNumber: '4000' },
      { localConnectionType: 'unix', localUnixSocket: '/tmp/socket' },
      { localConnectionType: 'unix', localUnixSocket: '' },
      { localPortNumber: '99999' },
      { localPortNumber: 'ssh' },
    ]),
  };
}

function propertiesOf(kind: Kind, random: Random): object {
  switch (kind) {
    case 'shell':
    case 'command':
      return {};
    case 'stdio':
      return { portNumber: '22', type: 'Ssh' };
    case 'basic':
    case 'multiplexed':
      return portProperties(random);
  }
}

function requestedFor(kind: Kind, random: Random): RequestedKind {
  if (random.chance(0.5)) return { kind: 'unknown' };
  if (random.chance(0.1)) {
    return random.pick<RequestedKind>([
      { kind: 'shell' },
      { kind: 'stdio' },
      { kind: 'forwarding', local: undefined },
      { kind: 'forwarding', local: { kind: 'tcp', port: 22 } },
    ]);
  }
  switch (kind) {
    case 'shell':
    case 'command':
      return { kind: 'shell' };
    case 'stdio':
      return { kind: 'stdio' };
    case 'basic':
    case 'multiplexed':
      return { kind: 'forwarding', local: undefined };
  }
}

function optionsOf(kind: Kind, random: Random): SessionOptions {
  return {
    ...SESSION_OPTIONS,
    requested: requestedFor(kind, random),
    session: {
      ...SESSION_OPTIONS.session,
      tokenValue: `${SECRET}-token`,
      documentName: random.pick(['', '', 'AWS-StartSSHSession', 'Custom\u202eDocument']),
    },
    settings: {
      messagesPerSecond: random.pick([0, 0, 900]),
      pingIntervalMs: random.pick([5 * TIMES.seconds, 5 * TIMES.minute]),
      resumeTimeoutMs: random.pick([20 * TIMES.seconds, TIMES.minute]),
    },
    encryptionRefusal: random.chance(0.05)
      ? testFailure('session', 'Upgrade the AWS CLI.')
      : undefined,
  };
}

/** Plans a session: most are ordinary enough to reach the state in which their kind runs. */
export function planSession(random: Random): SessionPlan {
  const kind = random.pick<Kind>(['shell', 'shell', 'command', 'stdio', 'basic', 'multiplexed']);
  const isShell = kind === 'shell';
  return {
    kind,
    beginning: isShell ? random.pick(['handshake', 'output', 'nothing']) : 'handshake',
    encrypted: random.chance(isShell || kind === 'command' ? 0.5 : 0.05),
    agentVersion: random.pick(VERSIONS[kind]),
    properties: propertiesOf(kind, random),
    interactive: random.chance(0.5),
    textsApart: random.chance(0.5),
    listensToEvents: random.chance(0.3),
    hangUpEnds: random.chance(0.7),
    noise: random.pick([0, 0, 0.05, 0.3]),
    oddHandshake: random.pick([0, 0, 0, 0.3]),
    acknowledges: random.pick([1, 1, 0.8, 0.1]),
    steps: random.chance(0.1) ? 0 : random.between(5, 60),
    options: optionsOf(kind, random),
    failureStatus: random.pick([1, 255]),
    missingExitStatus:
      kind === 'command' && random.chance(0.5)
        ? () => testFailure('session', 'No exit status came.')
        : undefined,
  };
}

/** The handshake's SessionType of a kind. */
export function sessionTypeOf(kind: Kind, random: Random): string {
  return kind === 'shell' || kind === 'command' ? random.pick(SHELL_TYPES) : 'Port';
}
