import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { describe, it } from 'node:test';
import {
  renderEnd,
  renderView,
  type PortRow,
  type ViewMoment,
} from '../../../src/cli/live-view/view-rows.ts';

const MIB = 1024 ** 2;
const TITLE = 'Forwarding to i-0123456789abcdef0 (Ctrl-C to end)';

const WEB: PortRow = {
  forward: { localPort: '8080', host: undefined, port: '80' },
  local: { address: '127.0.0.1', port: 8080 },
  state: { kind: 'listening' },
  destination: undefined,
  sessions: { up: 0, starting: 1, of: 1 },
  open: 3,
  connections: 12,
  up: 512,
  down: 1.5 * MIB,
  sent: 20_000,
  received: 300 * MIB,
};
const DATABASE: PortRow = {
  ...WEB,
  forward: { localPort: '0', host: 'db.internal', port: '5432' },
  local: { address: undefined, port: 0 },
  state: { kind: 'connecting' },
  open: 0,
  connections: 0,
  up: 0,
  down: 0,
  sent: 0,
  received: 0,
};
const CACHE: PortRow = {
  ...DATABASE,
  forward: { localPort: '6379', host: 'a-very-long-name.of.a.cache.example.com', port: '6379' },
  local: { address: '127.0.0.1', port: 6379 },
  state: { kind: 'reconnecting', since: 5_000 },
};

function moment(cols: number, rows = 24, color = false): ViewMoment {
  return { size: { cols, rows }, now: 17_400, color, columns: 'ports' };
}

describe('the view of forwarded ports', () => {
  it('shows destinations without the local port that all of them have', () => {
    const destinations = { ...moment(80), columns: 'destinations' } as const;
    const [header, up] = renderView(TITLE, [WEB, DATABASE], destinations).slice(2);
    assert.match(header ?? '', /^REMOTE +OPEN .* STATE$/);
    assert.doesNotMatch(header ?? '', /LOCAL/);
    assert.match(up ?? '', /^port 80 +3 .* up$/);
    assert.doesNotMatch(renderEnd(TITLE, [WEB], destinations).join('\n'), /LOCAL|listening/);
  });

  it('shows every column in a wide terminal', () => {
    assert.deepEqual(renderView(TITLE, [WEB, DATABASE], moment(120)), [
      '',
      TITLE,
      'LOCAL            REMOTE            OPEN      UP/s    DOWN/s      SENT  RECEIVED  STATE',
      '127.0.0.1:8080   port 80              3     512 B   1.5 MiB  19.5 KiB   300 MiB  listening',
      'any port         db.internal:5432     0       0 B       0 B       0 B       0 B  connecting',
    ]);
  });

  it('shows what happens between two sessions', () => {
    const states = [
      { kind: 'idle' },
      { kind: 'starting' },
      { kind: 'pausing', until: 29_400 },
    ] as const;
    assert.deepEqual(
      states.map((state) => renderView(TITLE, [{ ...WEB, state }], moment(45))[3]),
      [
        '127.0.0.1:8080   port 80     3  idle',
        '127.0.0.1:8080   port 80     3  starting',
        '127.0.0.1:8080   port 80  again in 12 s',
      ],
    );
  });

  it('writes amounts shorter in 80 columns', () => {
    assert.deepEqual(renderView(TITLE, [WEB, DATABASE], moment(80)), [
      '',
      TITLE,
      'LOCAL            REMOTE            OPEN   UP/s  DOWN/s   SENT   RCVD  STATE',
      '127.0.0.1:8080   port 80              3    512    1.5M  19.5K   300M  listening',
      'any port         db.internal:5432     0      0       0      0      0  connecting',
    ]);
  });

  it('leaves the totals out in 60 columns, and the rates when that is not enough', () => {
    assert.deepEqual(renderView(TITLE, [WEB], moment(60)).slice(2), [
      'LOCAL            REMOTE   OPEN   UP/s  DOWN/s  STATE',
      '127.0.0.1:8080   port 80     3    512    1.5M  listening',
    ]);
    assert.deepEqual(renderView(TITLE, [WEB], moment(45)).slice(2), [
      'LOCAL            REMOTE   OPEN  STATE',
      '127.0.0.1:8080   port 80     3  listening',
    ]);
  });

  it('keeps the remote port and the state in 40 columns', () => {
    assert.deepEqual(renderView(TITLE, [WEB, DATABASE], moment(40)).slice(2), [
      'LOCAL            REMOTE       STATE',
      '127.0.0.1:8080   port 80      listening',
      'any port         db.in…:5432  connecting',
    ]);
  });

  it('counts the seconds of a lost connection', () => {
    const [, , , row] = renderView(TITLE, [CACHE], moment(140));
    assert.match(row ?? '', / reconnecting 12 s$/);
  });

  it('counts the sessions that are up where there are several, and is yellow while one is missing', () => {
    const row = (up: number): PortRow => ({ ...WEB, sessions: { up, starting: 0, of: 16 } });
    const [, , header, some] = renderView(TITLE, [row(9)], moment(120, 24, true));
    assert.ok(some?.endsWith(' \x1b[33mlistening 9/16\x1b[0m'));
    const [, , after, all] = renderView(TITLE, [row(16)], moment(120, 24, true));
    assert.ok(all?.endsWith(' \x1b[32mlistening 16/16\x1b[0m'));
    assert.equal(after, header);
  });

  it('shows whether the destination answers, where that is known', () => {
    const sessions = { up: 3, starting: 0, of: 4 };
    const rows: readonly PortRow[] = [
      { ...WEB, destination: 'answers' },
      { ...WEB, destination: 'refused' },
      { ...WEB, destination: 'silent', sessions },
      { ...WEB, destination: 'answers', state: { kind: 'idle' } },
    ];
    const states = renderView(TITLE, rows, moment(110)).slice(3);
    const expected = ['answers', 'no answer', 'no answer 3/4', 'idle'];
    for (const [index, state] of expected.entries())
      assert.ok(states[index]?.endsWith(`  ${state}`), state);
    const [, , , , refused] = renderView(TITLE, rows, moment(110, 24, true));
    assert.ok(refused?.includes('\x1b[31mno answer'));
  });

  it('cuts the name of a host, never its port', () => {
    const [, , , row] = renderView(TITLE, [CACHE], moment(100));
    assert.match(row ?? '', /^127\.0\.0\.1:6379 {3}a-very-\S*…:6379 /);
  });

  it('stays where it is while the numbers change', () => {
    const busy = { ...WEB, open: 250, up: 1023 * MIB, down: 9, sent: 1023, received: 1e15 };
    for (const cols of [120, 100, 80, 60]) {
      const [, , header] = renderView(TITLE, [WEB], moment(cols));
      assert.equal(renderView(TITLE, [busy], moment(cols))[2], header);
    }
  });

  it('stays where it is while the seconds are counted', () => {
    for (const cols of [120, 100, 80, 60]) {
      const [, , header] = renderView(TITLE, [CACHE], { ...moment(cols), now: 8_000 });
      const later = renderView(TITLE, [CACHE], { ...moment(cols), now: 1_205_000 });
      assert.equal(later[2], header);
    }
  });

  it('is at no width wider than the terminal, and at no height higher', () => {
    const rows = [WEB, DATABASE, CACHE, WEB, CACHE];
    for (let cols = 1; cols <= 140; cols++) {
      for (const height of [1, 2, 3, 5, 8, 24]) {
        const lines = renderView(TITLE, rows, moment(cols, height, cols % 2 === 0));
        assert.ok(lines.length < height || height === 1, `${lines.length} lines in ${height}`);
        for (const line of lines) {
          const { length } = stripVTControlCharacters(line);
          assert.ok(length <= cols, `${length} in ${cols} columns: ${line}`);
        }
      }
    }
  });

  it('reports how many ports there is no room for', () => {
    const rows = Array.from({ length: 12 }, () => WEB);
    const lines = renderView(TITLE, rows, moment(80, 8));
    assert.equal(lines.length, 7);
    assert.equal(lines.filter((line) => line.startsWith('127.0.0.1:8080')).length, 5);
    assert.equal(lines.at(-1), 'and 7 more');
  });

  it('colours the states, and nothing unless that is wanted', () => {
    const plain = renderView(TITLE, [WEB, CACHE], moment(120));
    const colored = renderView(TITLE, [WEB, CACHE], moment(120, 24, true));
    assert.ok(colored[3]?.endsWith('\x1b[32mlistening\x1b[0m'));
    assert.ok(colored[4]?.endsWith('\x1b[33mreconnecting 12 s\x1b[0m'));
    assert.deepEqual(colored.map(stripVTControlCharacters), plain);
    assert.ok(!plain.join('').includes('\x1b'));
  });

  it('shows the host of another script as the network knows it, in columns that can be counted', () => {
    const forward = { localPort: '80', host: 'bücher.example', port: '80' };
    const [, , , row] = renderView(TITLE, [{ ...WEB, forward }], moment(120));
    assert.match(row ?? '', / xn--bcher-kva\.example:80 /);
  });
});

describe('the end of forwarded ports', () => {
  const ended: readonly PortRow[] = [
    { ...WEB, state: { kind: 'ended' }, open: 0 },
    { ...DATABASE, local: { address: undefined, port: 5432 }, state: { kind: 'failed' } },
  ];

  it('is the totals of each, without colours', () => {
    assert.deepEqual(renderEnd('Forwarded to i-1', ended, moment(80, 24, true)), [
      '',
      'Forwarded to i-1',
      'LOCAL            REMOTE            CONNECTIONS      SENT  RECEIVED  STATE',
      '127.0.0.1:8080   port 80                    12  19.5 KiB   300 MiB  ended',
      'port 5432        db.internal:5432            0       0 B       0 B  failed',
    ]);
  });

  it('shows every port, however low the terminal is', () => {
    const rows = Array.from({ length: 30 }, () => ended).flat();
    assert.equal(renderEnd('Forwarded to i-1', rows, moment(80, 10)).length, 63);
  });

  it('is not wider than the terminal', () => {
    for (let cols = 1; cols <= 120; cols++) {
      for (const line of renderEnd('Forwarded to i-1', ended, moment(cols))) {
        assert.ok(line.length <= cols, `${line.length} in ${cols} columns: ${line}`);
      }
    }
  });
});
