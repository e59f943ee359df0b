import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { PortHost } from '../../../../src/session/port/port-host.ts';
import { createPortSession } from '../../../../src/session/port/port-session.ts';
import { createTestHost, until } from './local-programs.ts';
import { createMemoryLink, type MemoryLink } from './memory-link.ts';

/** An agent version for each kind of session that listens. */
export const AGENTS = { multiplexed: '3.3.0.0', basic: '3.0.196.0' };

/** A session that listens or has failed to. */
export interface Started {
  readonly link: MemoryLink;
  readonly close: () => void;
}

/** Starts a session and waits until it listens or fails. */
export async function startListening(
  t: TestContext,
  properties: Record<string, string>,
  parts: Partial<PortHost> = {},
  agentVersion = AGENTS.multiplexed,
): Promise<Started> {
  const link = createMemoryLink(agentVersion);
  const all = { type: 'LocalPortForwarding', ...properties };
  const session = createPortSession(all, agentVersion, link, createTestHost(parts));
  link.session = session;
  t.after(() => session.close());
  assert.equal(session.receive(1, Buffer.from('too early')), false);
  session.start();
  await until(() => link.printed !== '' || link.ends.length > 0);
  return { link, close: () => session.close() };
}
