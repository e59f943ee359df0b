import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createForwardedPort, type PortChange } from '../../../src/cli/ports/forwarded-port.ts';
import type { Forward } from '../../../src/cli/ports/parse-forward.ts';
import {
  createJsonReporter,
  type ForwardEvent,
} from '../../../src/commands/forward/json-reporter.ts';

const TARGET = 'i-0123456789abcdef0';
const TIME = '2026-01-31T09:05:00.250Z';
const DATABASE: Forward = { localPort: '0', host: 'db.internal', port: '5432' };
const LISTENING: PortChange = {
  kind: 'listening',
  on: { kind: 'tcp', port: 40_000, addresses: ['127.0.0.1', '::1'] },
};

/** What every event of the database's port has, once it listens. */
const ABOUT = {
  time: TIME,
  target: TARGET,
  destination: { host: 'db.internal', port: 5432 },
  local: { address: '127.0.0.1', port: 40_000 },
};

/** The events of these changes. */
function eventsOf(forward: Forward, changes: readonly PortChange[]): readonly ForwardEvent[] {
  const events: ForwardEvent[] = [];
  const port = createForwardedPort(forward);
  const report = createJsonReporter(
    TARGET,
    port,
    () => Date.parse(TIME),
    (event) => events.push(event),
    () => true,
  );
  for (const change of changes) {
    port.take(change);
    report(change);
  }
  return events;
}

describe('the events of a forwarded port', () => {
  it('report where it listens, and where that leads', () => {
    assert.deepEqual(eventsOf(DATABASE, [LISTENING]), [{ event: 'listening', ...ABOUT }]);
  });

  it('begin with their name, and are one line', () => {
    const [event] = eventsOf(DATABASE, [LISTENING]);
    assert.match(JSON.stringify(event), /^\{"event":"listening",[^\n]*\}$/);
  });

  it('report what follows a session that has ended, with its error and the target of the next one', () => {
    const failure = { reason: 'session', code: 'session-closed', message: 'idle' } as const;
    const events = eventsOf(DATABASE, [
      LISTENING,
      { kind: 'idle', failure },
      { kind: 'starting', failure: undefined },
      { kind: 'pausing', failure, pauseMs: 1_700, until: 0 },
      { kind: 'ready', target: 'i-other' },
    ]);
    assert.deepEqual(events.slice(1), [
      { event: 'idle', ...ABOUT, error: failure },
      { event: 'starting', ...ABOUT },
      { event: 'pausing', ...ABOUT, seconds: 2, error: failure },
      { event: 'ready', ...ABOUT, target: 'i-other' },
    ]);
  });

  it('count the sessions of a port that has several, and name the failure of one', () => {
    const failure = { reason: 'session', code: 'session-closed', message: 'idle' } as const;
    const events = eventsOf(DATABASE, [
      LISTENING,
      { kind: 'sessions', because: 'joined', sessions: { up: 2, starting: 1, of: 3 } },
      { kind: 'session-failed', ...failure, sessions: { up: 1, starting: 0, of: 3 } },
    ]);
    assert.deepEqual(events.slice(1), [
      { event: 'sessions', ...ABOUT, up: 2, sessions: 3 },
      { event: 'session-failed', ...ABOUT, error: failure, up: 1, sessions: 3 },
    ]);
  });

  it('number the connections, and have the traffic of each', () => {
    const first = { sent: 5, received: 2048 };
    const second = { sent: 1, received: 0 };
    const events = eventsOf(DATABASE, [
      LISTENING,
      { kind: 'connected', open: 1, traffic: first },
      { kind: 'connected', open: 2, traffic: second },
      { kind: 'disconnected', open: 1, traffic: second },
      { kind: 'disconnected', open: 0, traffic: first },
      { kind: 'ended' },
    ]);
    assert.deepEqual(events.slice(1), [
      { event: 'connected', ...ABOUT, connection: 1, open: 1 },
      { event: 'connected', ...ABOUT, connection: 2, open: 2 },
      { event: 'disconnected', ...ABOUT, connection: 2, open: 1, sent: 1, received: 0 },
      { event: 'disconnected', ...ABOUT, connection: 1, open: 0, sent: 5, received: 2048 },
      { event: 'ended', ...ABOUT, connections: 2, sent: 6, received: 2048 },
    ]);
  });

  it('report that the connection to the service is lost, and is back', () => {
    assert.deepEqual(
      eventsOf(DATABASE, [
        LISTENING,
        { kind: 'reconnecting', reason: 'reset', since: 0 },
        { kind: 'reconnected' },
        { kind: 'refused', open: 1, because: 'files' },
        { kind: 'destination-failed' },
        { kind: 'checked', result: 'silent' },
      ]).slice(1),
      [
        { event: 'reconnecting', ...ABOUT, message: 'reset' },
        { event: 'reconnected', ...ABOUT },
        { event: 'refused', ...ABOUT, open: 1, because: 'files' },
        { event: 'destination-failed', ...ABOUT },
        { event: 'checked', ...ABOUT, result: 'silent' },
      ],
    );
  });

  it('are dropped while they are not read, all but the last, and counted', () => {
    const events: ForwardEvent[] = [];
    const port = createForwardedPort(DATABASE);
    let acceptsText = true;
    const tell = createJsonReporter(
      TARGET,
      port,
      () => Date.parse(TIME),
      (event) => events.push(event),
      () => acceptsText,
    );
    port.take(LISTENING);
    tell(LISTENING);
    acceptsText = false;
    for (let i = 0; i < 1_000; i++) tell({ kind: 'destination-failed' });
    assert.equal(events.length, 1);
    acceptsText = true;
    tell({ kind: 'reconnected' });
    acceptsText = false;
    tell({ kind: 'destination-failed' });
    tell({ kind: 'ended' });
    assert.deepEqual(events.slice(1), [
      { event: 'dropped', ...ABOUT, events: 1_000 },
      { event: 'reconnected', ...ABOUT },
      { event: 'dropped', ...ABOUT, events: 1 },
      { event: 'ended', ...ABOUT, connections: 0, sent: 0, received: 0 },
    ]);
  });

  it('name the port that was asked for when it never listened', () => {
    const forward: Forward = { localPort: '8080', host: undefined, port: '80' };
    assert.deepEqual(
      eventsOf(forward, [
        {
          kind: 'failed',
          reason: 'session',
          code: 'port-in-use',
          message: 'address already in use',
        },
      ]),
      [
        {
          event: 'failed',
          time: TIME,
          target: TARGET,
          destination: { host: null, port: 80 },
          local: { address: null, port: 8080 },
          error: { reason: 'session', code: 'port-in-use', message: 'address already in use' },
          connections: 0,
          sent: 0,
          received: 0,
        },
      ],
    );
  });
});
