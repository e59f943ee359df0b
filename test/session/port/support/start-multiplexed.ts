import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { startForwarding, until, type RunningSession, type TestHost } from './local-programs.ts';
import { attachSmuxPeer, type PeerStream, type SmuxPeer } from './smux-peer.ts';

const AGENT = '3.3.0.0';

/** A multiplexed session with the agent's end of it. */
export interface Forwarding extends RunningSession {
  readonly peer: SmuxPeer;
  /** The stream with this number, once it is open. */
  readonly stream: (id: number) => Promise<PeerStream>;
}

/** Starts a session and waits until it listens; it is closed with the test. */
export async function startMultiplexed(t: TestContext, host?: TestHost): Promise<Forwarding> {
  const running = await startForwarding(t, AGENT, host);
  const peer = attachSmuxPeer(running.link);
  const stream = async (id: number): Promise<PeerStream> => {
    await until(() => peer.streams.has(id));
    const opened = peer.streams.get(id);
    assert.ok(opened);
    return opened;
  };
  return { ...running, peer, stream };
}
