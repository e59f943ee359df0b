import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { bytesOf } from '../../program/port/support/content.ts';
import {
  headOf,
  startExchangeService,
  type Exchange,
} from '../../program/port/support/exchange.ts';
import { connectLocally } from '../../program/port/support/local-program.ts';
import { BASIC_AGENT, openedPort, WAITING } from '../../program/port/support/port-session.ts';
import { interactiveCommand, type SessionWish } from '../../program/support/target.ts';
import { createTranscript, type Transcript } from '../../program/support/transcript.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import type { SessionKind } from './fault-cells.ts';
import type { SessionClient } from './session-client.ts';

/** What has arrived of the target's bytes. */
export type Answer = Pick<Transcript, 'bytes' | 'text' | 'until'>;

/** An exchange with the target through one kind of session. */
export interface Conversation {
  /** The session it needs. */
  readonly requested: SessionWish;
  /** Resolves when the local side is connected, with the target's bytes from then on. */
  open(client: SessionClient): Promise<Answer>;
  /** Asks for the exchange and sends all but the last {@link DEFERRED_BYTES}. */
  begin(): void;
  /** Sends the rest, without which neither the exchange nor the session ends. */
  complete(): void;
  /** Whether `begin()` may come before `open()`: what is sent waits in stdin. */
  readonly canBeginEarly: boolean;
}

/** Bytes that keep an exchange from ending before its fault has happened. */
export const DEFERRED_BYTES = 64;

const READY = 'ready:';
/**
 * The agent looks at its oldest unacknowledged message alone each time: after a cut in full flow it repairs ten losses a
 * second, and 2 s after the end of a command it gives up the rest. That loss is the agent's own.
 */
const RESENDING = { resendInterval: 10, lingerTimeout: 60_000 } as const;
/** As test/program/port/support/exchange.ts writes what has arrived: padded to 96 characters. */
const RECEIPT_FORMAT = '%-96s';

/** Prepares the target's side of an exchange. */
export function prepareConversation(
  t: TestContext,
  kind: SessionKind,
  exchange: Exchange,
): Promise<Conversation> {
  switch (kind) {
    case 'shell':
      return Promise.resolve(throughShell(t, exchange));
    case 'mux':
      return throughPort(t, exchange, undefined);
    case 'basic':
      return throughPort(t, exchange, BASIC_AGENT);
    case 'stdio':
      return throughStdio(t, exchange);
  }
}

/** A command in a remote terminal does what the exchange service does for ports. */
function throughShell(t: TestContext, exchange: Exchange): Conversation {
  const file = join(temporaryDirectory(t), 'down');
  writeFileSync(file, bytesOf(exchange.down));
  const { bytes } = exchange.up;
  const command = [
    'stty raw -echo',
    `printf ${READY}`,
    `head -c ${headOf(exchange).length} >/dev/null`,
    `cat ${file} &`,
    `sum=$(head -c ${bytes} | sha256sum | cut -c 1-64)`,
    'wait',
    `printf '${RECEIPT_FORMAT}' "${bytes} bytes, sha256 $sum"`,
  ].join('\n');
  let client: SessionClient | undefined;
  return {
    requested: { ...interactiveCommand(command), agent: RESENDING },
    canBeginEarly: false,
    async open(opened) {
      client = opened;
      await opened.stdout.until('the remote command', (text) => text.includes(READY));
      return follow(opened.stdout, opened.stdout.text.indexOf(READY) + READY.length);
    },
    begin: () => client?.stdin.write(firstPart(exchange)),
    complete: () => client?.stdin.write(lastPart(exchange)),
  };
}

async function throughStdio(t: TestContext, exchange: Exchange): Promise<Conversation> {
  const service = await startExchangeService(t);
  let client: SessionClient | undefined;
  return {
    requested: {
      document: 'AWS-StartSSHSession',
      parameters: { portNumber: [String(service.port)] },
      agent: RESENDING,
    },
    canBeginEarly: true,
    async open(opened) {
      client = opened;
      // Two line feeds frame the only line before the target's bytes.
      await opened.stdout.until('the start', (text) => text.indexOf('\n', 1) > 0);
      return follow(opened.stdout, opened.stdout.bytes.indexOf('\n', 1) + 1);
    },
    begin: () => client?.stdin.write(firstPart(exchange)),
    complete: () => client?.stdin.write(lastPart(exchange)),
  };
}

async function throughPort(
  t: TestContext,
  exchange: Exchange,
  agentVersion: string | undefined,
): Promise<Conversation> {
  const service = await startExchangeService(t);
  let socket: Socket | undefined;
  return {
    requested: {
      document: 'AWS-StartPortForwardingSession',
      parameters: { portNumber: [String(service.port)] },
      agent: { ...RESENDING, ...(agentVersion === undefined ? {} : { version: agentVersion }) },
    },
    canBeginEarly: false,
    async open(client) {
      await client.stdout.until('the port', (text) => text.endsWith(WAITING));
      const port = openedPort(client.stdout.text);
      const connected = await connectLocally(t, { host: '127.0.0.1', port });
      socket = connected;
      const answer = createTranscript('the local connection');
      connected.on('data', (bytes: Buffer) => answer.push(bytes));
      connected.on('close', () => answer.close());
      connected.on('end', () => connected.end());
      return answer;
    },
    begin: () => socket?.write(firstPart(exchange)),
    complete: () => socket?.write(lastPart(exchange)),
  };
}

/** What comes on a stream after its first `from` bytes. */
function follow(stream: Transcript, from: number): Answer {
  return {
    get bytes() {
      return stream.bytes.subarray(from);
    },
    get text() {
      return stream.bytes.toString('utf8', from);
    },
    until: (what, reached) =>
      stream.until(what, () => reached(stream.bytes.toString('utf8', from))),
  };
}

function firstPart(exchange: Exchange): Buffer {
  return Buffer.concat([headOf(exchange), bytesOf(exchange.up).subarray(0, -DEFERRED_BYTES)]);
}

/** Longer than anything typed, so that no escapes are looked for in it. */
function lastPart(exchange: Exchange): Buffer {
  return bytesOf(exchange.up).subarray(-DEFERRED_BYTES);
}
