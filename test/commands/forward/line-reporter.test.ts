import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  createForwardedPort,
  namePortIn,
  type PortChange,
} from '../../../src/cli/ports/forwarded-port.ts';
import type { Forward } from '../../../src/cli/ports/parse-forward.ts';
import { createLineReporter } from '../../../src/commands/forward/line-reporter.ts';

const TARGET = 'i-0123456789abcdef0';

/** The lines of these changes. */
function linesOf(forward: Forward, changes: readonly PortChange[]): readonly string[] {
  const lines: string[] = [];
  const port = createForwardedPort(forward);
  const report = createLineReporter(TARGET, port, (line) => lines.push(line));
  for (const change of changes) {
    port.take(change);
    report(change);
  }
  return lines;
}

describe('the lines about a forwarded port', () => {
  it('are one for each change', () => {
    const traffic = { sent: 5, received: 2048 };
    const lines = linesOf({ localPort: '0', host: 'db', port: '5432' }, [
      { kind: 'listening', on: { kind: 'tcp', port: 40_000, addresses: ['127.0.0.1', '::1'] } },
      { kind: 'connected', open: 1, traffic },
      { kind: 'refused', open: 3, because: 'files' },
      { kind: 'refused', open: 1000, because: 'waiting' },
      { kind: 'destination-failed' },
      { kind: 'disconnected', open: 0, traffic },
      { kind: 'reconnecting', reason: 'reset', since: 0 },
      { kind: 'reconnected' },
      { kind: 'checked', result: 'silent' },
      { kind: 'checked', result: 'refused' },
      { kind: 'checked', result: 'answers' },
      { kind: 'ended' },
    ]);
    assert.deepEqual(lines, [
      '127.0.0.1:40000 forwards to db:5432',
      '127.0.0.1:40000: connection opened, 1 open',
      '127.0.0.1:40000: Connection refused: the limit of open files allows only 3 connections. Raise the limit (ulimit -n) and start again.',
      '127.0.0.1:40000: Connection refused: 1000 connections wait for a session. Start fewer programs, or wait until the session is ready.',
      `127.0.0.1:40000: ${TARGET} cannot connect to db:5432`,
      '127.0.0.1:40000: connection closed, 0 open, 5 B sent, 2.0 KiB received',
      '127.0.0.1:40000: connection lost, reconnecting…',
      '127.0.0.1:40000: reconnected',
      '127.0.0.1:40000: db:5432 does not answer',
      `127.0.0.1:40000: ${TARGET} cannot connect to db:5432`,
      '127.0.0.1:40000: db:5432 answers',
      '127.0.0.1:40000: no longer forwarded',
    ]);
  });

  it('name Unix sockets and datagrams', () => {
    const relayed = { kind: 'unix', localPath: './a.sock', remotePath: '/run/a.sock' } as const;
    const lines = linesOf({ localPort: '', host: undefined, port: '', relayed }, [
      { kind: 'listening', on: { kind: 'unix', path: './a.sock' } },
      { kind: 'destination-failed' },
    ]);
    const udp = linesOf({ localPort: '0', host: 'dns', port: '53', relayed: { kind: 'udp' } }, [
      { kind: 'listening', on: { kind: 'tcp', port: 40_000, addresses: ['127.0.0.1'] } },
    ]);
    assert.deepEqual(
      [...lines, ...udp],
      [
        `./a.sock forwards to /run/a.sock of ${TARGET}`,
        `./a.sock: ${TARGET} cannot connect to /run/a.sock of ${TARGET}`,
        '127.0.0.1:40000 forwards to dns:53/udp',
      ],
    );
  });

  it('count the sessions of a port that has several: when all are started, and at each later change', () => {
    const of = 3;
    const failure = { reason: 'session', code: 'session-closed', message: 'idle' } as const;
    const lines = linesOf({ localPort: '80', host: undefined, port: '80' }, [
      { kind: 'sessions', because: 'joined', sessions: { up: 1, starting: 2, of } },
      {
        kind: 'session-failed',
        ...failure,
        sessions: { up: 1, starting: 1, of },
      },
      { kind: 'sessions', because: 'joined', sessions: { up: 2, starting: 0, of } },
      { kind: 'sessions', because: 'lost', sessions: { up: 1, starting: 0, of } },
      { kind: 'sessions', because: 'resumed', sessions: { up: 2, starting: 0, of } },
      { kind: 'sessions', because: 'ended', sessions: { up: 1, starting: 0, of } },
    ]);
    assert.deepEqual(lines, [
      'port 80: 2 of 3 sessions are up',
      'port 80: a session has lost its connection, 1 of 3 sessions are up',
      'port 80: a session is reconnected, 2 of 3 sessions are up',
      'port 80: 1 of 3 sessions are up',
    ]);
  });

  it('name the reason for which a session has ended, and what follows', () => {
    const failure = {
      reason: 'session',
      code: 'session-closed',
      message: 'It\nwas idle.',
    } as const;
    const changes: readonly PortChange[] = [
      { kind: 'listening', on: { kind: 'tcp', port: 80, addresses: ['127.0.0.1'] } },
      { kind: 'idle', failure },
      { kind: 'starting', failure: undefined },
      { kind: 'pausing', failure, pauseMs: 1_700, until: 0 },
      { kind: 'ready', target: 'i-other' },
      { kind: 'destination-failed' },
      { kind: 'idle', failure: undefined },
    ];
    assert.deepEqual(linesOf({ localPort: '80', host: undefined, port: '80' }, changes).slice(1), [
      '127.0.0.1:80: It was idle. The next connection starts a session.',
      '127.0.0.1:80: starting a session',
      '127.0.0.1:80: It was idle. Trying again in 2 s.',
      '127.0.0.1:80 forwards to port 80 of i-other again',
      '127.0.0.1:80: i-other cannot connect to port 80 of i-other',
      '127.0.0.1:80: the next connection starts a session',
    ]);
    assert.equal(
      linesOf({ localPort: '80', host: 'db', port: '5432' }, changes)[4],
      '127.0.0.1:80 forwards to db:5432 again through i-other',
    );
  });

  it('name the target where no other host is meant', () => {
    assert.deepEqual(
      linesOf({ localPort: '80', host: undefined, port: '80' }, [
        { kind: 'listening', on: { kind: 'tcp', port: 80, addresses: ['127.0.0.1'] } },
      ]),
      [`127.0.0.1:80 forwards to port 80 of ${TARGET}`],
    );
  });

  it('put addresses of IPv6 into brackets', () => {
    assert.deepEqual(
      linesOf({ localPort: '80', host: 'fd00::5', port: '80' }, [
        { kind: 'listening', on: { kind: 'tcp', port: 80, addresses: ['::1'] } },
      ]),
      ['[::1]:80 forwards to [fd00::5]:80'],
    );
  });

  it('name the port that was asked for as long as it does not listen', () => {
    assert.deepEqual(
      linesOf({ localPort: '8080', host: undefined, port: '80' }, [
        { kind: 'reconnecting', reason: 'reset', since: 0 },
      ]),
      ['port 8080: connection lost, reconnecting…'],
    );
  });
});

describe('a message about one of several ports', () => {
  const listening = { localPort: '8080', host: 'db', port: '5432' };
  const port = (forward: Forward, change?: PortChange) => {
    const made = createForwardedPort(forward);
    if (change !== undefined) made.take(change);
    return made;
  };
  const LISTENING: PortChange = {
    kind: 'listening',
    on: { kind: 'tcp', port: 8080, addresses: ['127.0.0.1'] },
  };

  it('begins with the port', () => {
    assert.equal(namePortIn(port(listening), 'Not allowed.'), 'port 8080: Not allowed.');
    assert.equal(namePortIn(port(listening, LISTENING), 'Lost.'), '127.0.0.1:8080: Lost.');
  });

  it('comes after the name of the program', () => {
    const message = 'session-manager-plugin: Not allowed.';
    const named = 'session-manager-plugin: port 8080: Not allowed.';
    assert.equal(namePortIn(port(listening), message), named);
  });

  it('names a port that the system has not picked yet as it was typed', () => {
    const forward = { ...listening, localPort: '0' };
    assert.equal(namePortIn(port(forward), 'Not allowed.'), '0:db:5432: Not allowed.');
    const own = { ...forward, host: undefined };
    assert.equal(namePortIn(port(own), 'Try again in 0 s.'), '0:5432: Try again in 0 s.');
  });

  it('does not name it twice', () => {
    const message = 'listen tcp 127.0.0.1:8080: bind: address already in use';
    assert.equal(namePortIn(port(listening), message), message);
    assert.equal(namePortIn(port(listening), 'Id i-80801.'), 'port 8080: Id i-80801.');
  });
});
