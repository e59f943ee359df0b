import type { TestContext } from 'node:test';
import type { PipedOptions } from '../../support/piped-program.ts';
import { openPipedSession, type PipedSession, type SessionWish } from '../../support/target.ts';

/** Bulk data is moved without the bound that the service would need. */
export const NO_RATE_LIMIT = { SSM_PLUGIN_MAX_MESSAGE_RATE: '0' } as const;

/** Agents up to this one know no smux: one connection at a time. */
export const BASIC_AGENT = '3.0.196.0';

/** The program prints this once local programs can connect. */
export const WAITING = 'Waiting for connections...\n';

/** A port on the target, and how this session leads there. */
export interface ForwardWish extends Omit<SessionWish, 'document' | 'parameters'> {
  readonly port: number;
  /** Asks for AWS-StartPortForwardingSessionToRemoteHost. */
  readonly host?: string;
  /** Absent lets the system choose. */
  readonly localPort?: string;
}

/** What AWS-StartPortForwardingSession, with or without a remote host, is started with. */
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

/** The port a program says it has opened. */
export function openedPort(text: string): number {
  const port = /^Port (\d+) opened for sessionId /m.exec(text)?.[1];
  if (port === undefined) throw new Error(`no port in ${JSON.stringify(text)}`);
  return Number(port);
}
