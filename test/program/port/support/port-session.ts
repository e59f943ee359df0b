import type { TestContext } from 'node:test';
import type { PipedOptions } from '../../support/piped-program.ts';
import { openPipedSession, type PipedSession, type SessionWish } from '../../support/target.ts';

/** Bulk data is transferred without the rate limit of the service. */
export const NO_RATE_LIMIT = { SSM_PLUGIN_MAX_MESSAGE_RATE: '0' } as const;

/** Agents up to this one have no smux: one connection at a time. */
export const BASIC_AGENT = '3.0.196.0';

/** The program prints this when local programs can connect. */
export const WAITING = 'Waiting for connections...\n';

/** A port on the target, and how this session forwards to it. */
export interface ForwardWish extends Omit<SessionWish, 'document' | 'parameters'> {
  readonly port: number;
  /** Present for AWS-StartPortForwardingSessionToRemoteHost. */
  readonly host?: string;
  /** If absent, the system chooses. */
  readonly localPort?: string;
}

/** The start of AWS-StartPortForwardingSession, with or without a remote host. */
export function forwardRequest(wish: ForwardWish): SessionWish {
  const { port, host, localPort, ...session } = wish;
  return {
    ...session,
    document:
      host === undefined
        ? 'AWS-StartPortForwardingSession'
        : 'AWS-StartPortForwardingSessionToRemoteHost',
    parameters: {
      portNumber: [String(port)],
      ...(host === undefined ? {} : { host: [host] }),
      ...(localPort === undefined ? {} : { localPortNumber: [localPort] }),
    },
  };
}

/** A forwarded port with its program. */
export interface Forward extends PipedSession {
  readonly localPort: number;
}

/** Starts a session and the program; resolves when the program listens. */
export async function openForward(
  t: TestContext,
  wish: ForwardWish,
  options: PipedOptions = {},
): Promise<Forward> {
  const opened = await openPipedSession(t, forwardRequest(wish), {
    ...options,
    env: { ...NO_RATE_LIMIT, ...options.env },
  });
  const { stdout } = opened.program;
  await stdout.until('the port', (text) => text.endsWith(WAITING));
  return { ...opened, localPort: openedPort(stdout.text) };
}

/** The port that a program has printed. */
export function openedPort(text: string): number {
  const port = /^Port (\d+) opened for sessionId /m.exec(text)?.[1];
  if (port === undefined) throw new Error(`no port in ${JSON.stringify(text)}`);
  return Number(port);
}
