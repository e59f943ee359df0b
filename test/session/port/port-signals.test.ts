import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import type { SessionSignal } from '../../../src/session/session-type.ts';
import {
  KEEP_ALIVE_INTERVAL_MS,
  KEEP_ALIVE_TIMEOUT_MS,
} from '../../../src/session/port/smux/keep-alive.ts';
import { randomOf } from '../../support/random.ts';
import { collect, startForwarding, until } from './support/local-programs.ts';
import { attachSmuxPeer } from './support/smux-peer.ts';
import { sessionFailures } from '../../../src/failures/session.ts';

const TIMEOUT = { timeout: 60_000 };
const MULTIPLEXING = '3.3.0.0';
const KEEPING_ALIVE = '3.1.1511.0';
const BASIC = '3.0.196.0';

describe('signals', TIMEOUT, () => {
  const ending: SessionSignal[] = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'parent-exited'];
  for (const agent of [MULTIPLEXING, BASIC]) {
    for (const signal of ending) {
      it(`${signal} ends a session with agent ${agent}`, async (t) => {
        const { session, link } = await startForwarding(t, agent);
        session.signal(signal);
        assert.deepEqual(link.ends, [
          { kind: 'leave', text: 'Terminate signal received, exiting.\n', exitCode: 0 },
        ]);
      });
    }

    it(`SIGTSTP does nothing to a session with agent ${agent}`, async (t) => {
      const { session, link } = await startForwarding(t, agent);
      session.signal('SIGTSTP');
      assert.deepEqual(link.ends, []);
    });
  }
});

describe('the end of a session', TIMEOUT, () => {
  it('received bytes are delivered, then the local connections end', async (t) => {
    const { session, host, link, connect: connectProgram } = await startForwarding(t, MULTIPLEXING);
    const peer = attachSmuxPeer(link);
    const received = collect(await connectProgram());
    await until(() => peer.streams.has(3));
    const answer = randomOf(1).bytes(400_000);
    peer.streams.get(3)?.send(answer);
    await session.finish();
    session.close();
    await until(() => received.ended);
    assert.ok(received.bytes.equals(answer));
    assert.equal(host.clock.pending, 0);
  });

  it('is immediate when no program is connected', async (t) => {
    const { session, host } = await startForwarding(t, MULTIPLEXING);
    await session.finish();
    session.close();
    assert.equal(host.clock.pending, 0);
  });

  it('closing ends every connection, frees the port and may be repeated', async (t) => {
    for (const agent of [MULTIPLEXING, KEEPING_ALIVE, BASIC]) {
      const { session, host, port, connect: connectProgram } = await startForwarding(t, agent);
      const programs = [collect(await connectProgram()), collect(await connectProgram())];
      session.close();
      session.close();
      await until(() => programs.every((received) => received.closed || received.ended));
      const refused = connect({ host: '127.0.0.1', port });
      const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
      assert.equal(error.code, 'ECONNREFUSED');
      assert.equal(host.clock.pending, 0);
    }
  });

  it('payloads that arrive afterwards are accepted and dropped, and nothing more is sent', async (t) => {
    const { session, link, connect: connectProgram } = await startForwarding(t, MULTIPLEXING);
    const peer = attachSmuxPeer(link);
    await connectProgram();
    await until(() => peer.streams.has(3));
    session.close();
    const sent = link.sent.length;
    peer.streams.get(3)?.send('too late');
    link.pull();
    assert.equal(link.sent.length, sent);
  });
});

describe('keep-alive', TIMEOUT, () => {
  for (const agent of ['3.0.196.0', '3.1.1511.1', '3.3.0.0']) {
    it(`agent ${agent} gets none`, async (t) => {
      const { host, link } = await startForwarding(t, agent);
      host.clock.advance(100 * KEEP_ALIVE_TIMEOUT_MS);
      link.pull();
      assert.equal(link.sent.length, 0);
      assert.deepEqual(link.ends, []);
    });
  }

  for (const agent of ['3.0.196.1', '3.1.1511.0']) {
    it(`agent ${agent} gets a NOP every 10 seconds`, async (t) => {
      const { host, link } = await startForwarding(t, agent);
      const peer = attachSmuxPeer(link);
      for (let i = 1; i <= 20; i++) {
        host.clock.advance(KEEP_ALIVE_INTERVAL_MS);
        assert.equal(peer.nops, i);
        peer.sendRaw(Buffer.from('0103000000000000', 'hex'));
      }
      assert.deepEqual(link.ends, []);
    });
  }

  it('NOPs do not pile up while nothing can be sent', async (t) => {
    const { host, link } = await startForwarding(t, '3.1.1511.0');
    const peer = attachSmuxPeer(link);
    link.room = 0;
    for (let i = 0; i < 10; i++) {
      host.clock.advance(KEEP_ALIVE_INTERVAL_MS);
      peer.sendRaw(Buffer.from('0103000000000000', 'hex'));
    }
    link.pull();
    assert.equal(peer.nops, 1);
  });

  it('30 seconds without a frame end the session', async (t) => {
    const { host, link } = await startForwarding(t, '3.1.1511.0');
    attachSmuxPeer(link);
    host.clock.advance(KEEP_ALIVE_TIMEOUT_MS - 1);
    assert.deepEqual(link.ends, []);
    host.clock.advance(1);
    assert.deepEqual(link.ends, [{ kind: 'fail', failure: sessionFailures['agent-silent']() }]);
  });
});
