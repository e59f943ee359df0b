import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { PipedOptions } from '../../support/piped-program.ts';
import { openPipedSession, type PipedSession, type SessionWish } from '../../support/target.ts';
import { createAnswerReader, sendRequest, type Exchange } from './exchange.ts';
import { NO_RATE_LIMIT } from './port-session.ts';

/** A session of `AWS-StartSSHSession`, whose byte stream is stdin and stdout. */
export function openStdio(
  t: TestContext,
  port: number,
  wish: Omit<SessionWish, 'document' | 'parameters'> = {},
  options: PipedOptions = {},
): Promise<PipedSession> {
  return openPipedSession(t, stdioRequest(port, wish), {
    ...options,
    env: { ...NO_RATE_LIMIT, ...options.env },
  });
}

/** The start of such a session. */
export function stdioRequest(
  port: number,
  wish: Omit<SessionWish, 'document' | 'parameters'> = {},
): SessionWish {
  return { ...wish, document: 'AWS-StartSSHSession', parameters: { portNumber: [String(port)] } };
}

/**
 * The bytes from the target: all that follow the one line that the program prints.
 *
 * @throws AssertionError when the output does not begin with that line
 */
export function targetBytes({ program, session }: PipedSession): Buffer {
  const line = Buffer.from(`\nStarting session with SessionId: ${session.sessionId}\n`);
  const { bytes } = program.stdout;
  assert.equal(bytes.subarray(0, line.length).toString(), line.toString());
  return bytes.subarray(line.length);
}

/** Performs an exchange through stdin and stdout; the service ends the session with its answer. */
export async function runStdioExchange(stdio: PipedSession, exchange: Exchange): Promise<void> {
  const { program } = stdio;
  const [, end] = await Promise.all([sendRequest(program.stdin, exchange), program.end()]);
  const answer = createAnswerReader(exchange);
  answer.push(targetBytes(stdio));
  answer.verify();
  assert.deepEqual(end, { status: 0, signal: null });
}
