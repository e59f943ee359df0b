import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { RESERVED_DESCRIPTORS } from '../../../src/session/port/listen/connection-room.ts';
import type { PortEvent } from '../../../src/session/port/port-event.ts';
import {
  collect,
  createTestHost,
  startForwarding,
  until,
  type RunningSession,
} from './support/local-programs.ts';
import { attachSmuxPeer, type SmuxPeer } from './support/smux-peer.ts';
import { AGENTS } from './support/start-listening.ts';
import { encodeFlag, Flag } from '../../../src/protocol/flag.ts';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import { texts } from '../../../src/session/texts/caller-texts.ts';

/** Events about sessions, and about connections on the side of the target. */
const UNSHOWN: readonly PortEvent['kind'][] = ['joined', 'requested', 'answered'];

interface Watched extends RunningSession {
  readonly peer: SmuxPeer;
  readonly events: readonly PortEvent[];
}

async function startWatched(t: TestContext): Promise<Watched> {
  const events: PortEvent[] = [];
  const host = createTestHost({
    presentation: {
      wording: texts,
      onEvent(event) {
        if (!UNSHOWN.includes(event.kind)) events.push(event);
      },
    },
  });
  const running = await startForwarding(t, AGENTS.multiplexed, host);
  return { ...running, peer: attachSmuxPeer(running.link), events };
}

describe('the events of a forwarded port', { timeout: 60_000 }, () => {
  it('name the address it listens on', async (t) => {
    const { events, port } = await startWatched(t);
    const [event] = events;
    assert.ok(event?.kind === 'listening' && event.on.kind === 'tcp');
    assert.equal(event.on.port, port);
    assert.equal(event.on.addresses[0], '127.0.0.1');
  });

  it('report a refused connection once, until half of the others are closed', async (t) => {
    const events: PortEvent[] = [];
    let free: number | undefined;
    const host = createTestHost({
      presentation: { wording: texts, onEvent: (event) => events.push(event) },
      freeDescriptors: () => free,
    });
    const { connect } = await startForwarding(t, AGENTS.multiplexed, host);
    const refusals = (): readonly PortEvent[] => events.filter(({ kind }) => kind === 'refused');
    const connected = (): number => events.filter(({ kind }) => kind === 'connected').length;
    free = RESERVED_DESCRIPTORS + 1;
    const programs = [await connect(), await connect()];
    await until(() => connected() === 2);
    free = RESERVED_DESCRIPTORS - 1;
    for (let i = 0; i < 3; i++) {
      const surplus = collect(await connect());
      await until(() => surplus.closed || surplus.ended);
    }
    assert.deepEqual(refusals(), [{ kind: 'refused', open: 2, because: 'files' }]);
    programs[0]?.resetAndDestroy();
    await until(() => events.some(({ kind }) => kind === 'disconnected'));
    const surplus = collect(await connect());
    await until(() => surplus.closed || surplus.ended);
    assert.deepEqual(refusals(), [
      { kind: 'refused', open: 2, because: 'files' },
      { kind: 'refused', open: 1, because: 'files' },
    ]);
  });

  it('carry the byte counts of a connection, which stay readable after its end', async (t) => {
    const { events, peer, connect } = await startWatched(t);
    const program = await connect();
    await until(() => events.length === 2);
    const [, connected] = events;
    assert.ok(connected?.kind === 'connected');
    const { traffic, open } = connected;
    assert.equal(open, 1);
    assert.deepEqual([traffic.sent, traffic.received], [0, 0]);
    program.write('question');
    await until(() => peer.streams.get(3)?.received.toString() === 'question');
    assert.equal(traffic.sent, 8);
    peer.streams.get(3)?.send('answer');
    await until(() => traffic.received === 6);
    program.resetAndDestroy();
    await until(() => events.length === 3);
    const [, , closed] = events;
    assert.ok(closed?.kind === 'disconnected');
    assert.equal(closed.traffic, traffic);
    assert.equal(closed.open, 0);
    assert.deepEqual([traffic.sent, traffic.received], [8, 6]);
  });

  it('count the connections that are open', async (t) => {
    const { events, connect } = await startWatched(t);
    const first = await connect();
    await until(() => events.length === 2);
    const second = await connect();
    await until(() => events.length === 3);
    first.resetAndDestroy();
    await until(() => events.length === 4);
    second.resetAndDestroy();
    await until(() => events.length === 5);
    assert.deepEqual(
      events.map((event) => ('open' in event ? [event.kind, event.open] : [event.kind])),
      [['listening'], ['connected', 1], ['connected', 2], ['disconnected', 1], ['disconnected', 0]],
    );
  });

  it('report what comes first of the destination, by connection', async (t) => {
    const answers: unknown[] = [];
    const requested: unknown[] = [];
    const host = createTestHost({
      presentation: {
        wording: texts,
        onEvent(event) {
          if (event.kind === 'requested') requested.push(event.connection.remotePort);
          if (event.kind === 'answered') answers.push([event.connection.remotePort, event.by]);
        },
      },
    });
    const { link, connect } = await startForwarding(t, AGENTS.multiplexed, host);
    const peer = attachSmuxPeer(link);
    link.delayAcknowledgements = true;
    const [answered, ended, failed] = [await connect(), await connect(), await connect()];
    await until(() => peer.streams.size === 3);
    assert.deepEqual(requested, []);
    link.acknowledge();
    const ports = [answered, ended, failed].map(({ localPort }) => localPort);
    assert.deepEqual(requested, ports);
    peer.streams.get(3)?.send('hello');
    peer.streams.get(3)?.send('hello again');
    peer.streams.get(5)?.fin();
    // As the agent reports a failed dial (docs/design/agent.md#ports): a flag, then the end of the stream.
    link.session?.receive(PayloadType.Flag, encodeFlag(Flag.ConnectToPortError));
    peer.streams.get(3)?.fin();
    peer.streams.get(7)?.fin();
    const [first, second, third] = ports;
    assert.deepEqual(answers, [
      [first, 'bytes'],
      [second, 'end'],
      [third, 'failure'],
    ]);
  });

  it('report the same of a basic port, which has one connection at a time', async (t) => {
    const answers: string[] = [];
    const host = createTestHost({
      presentation: {
        wording: texts,
        onEvent(event) {
          if (event.kind === 'requested') answers.push(event.kind);
          if (event.kind === 'answered') answers.push(event.by);
        },
      },
    });
    const { link, connect } = await startForwarding(t, AGENTS.basic, host);
    await connect();
    await until(() => answers.length === 1);
    link.session?.receive(PayloadType.Output, Buffer.from('hello'));
    link.session?.receive(PayloadType.Output, Buffer.from('hello again'));
    assert.deepEqual(answers, ['requested', 'bytes']);
  });
});
