import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import {
  createReconnectNotice,
  reportReconnects,
  type ReconnectNotice,
} from '../../../src/session/connection/reconnect-notice.ts';
import type { SessionEvent } from '../../../src/session/session-event.ts';
import { createTerminalModes } from '../../../src/terminal/terminal-modes.ts';
import { render, type Screen } from '../../support/screen.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';
import { BUFFERED_TEXT_LIMIT } from '../../../src/lib/buffered-text.ts';

interface Setup {
  readonly clock: VirtualClock;
  readonly notice: ReconnectNotice;
  readonly said: () => string;
  /** What the remote side writes on the same terminal. */
  readonly output: (text: string) => void;
  /** What the terminal shows of all that. */
  readonly shown: () => Promise<Screen>;
  readonly setBusy: (busy: boolean) => void;
}

const HINT = ' (~. to leave)';

function setUp(onTerminal: boolean, columns = 80): Setup {
  const clock = createVirtualClock();
  const notices = new PassThrough({ encoding: 'utf8' });
  const modes = createTerminalModes(() => 24);
  let all = '';
  let text = '';
  let busy = false;
  notices.on('data', (written: string) => {
    text += written;
    all += written;
  });
  const notice = createReconnectNotice({ notices, noticesOnTerminal: onTerminal }, clock, {
    modes,
    columns: () => columns,
    isBusy: () => busy,
    hint: () => HINT,
  });
  return {
    clock,
    notice,
    said: () => text,
    output(written) {
      modes.track(Buffer.from(written));
      all += written;
    },
    shown: () => render(all.replaceAll(/(?<!\r)\n/g, '\r\n'), { size: { cols: columns } }),
    setBusy: (now) => {
      busy = now;
    },
  };
}

describe('a lost connection that takes its time, at the beginning of a line', () => {
  it('is one line that counts the seconds since the loss', () => {
    const { clock, notice, said } = setUp(true);
    const since = clock.monotonic();
    clock.advance(3_000);
    notice.disconnected('reset', since);
    assert.equal(said(), `\r\x1b[KConnection lost, reconnecting… 3 s${HINT}`);
    clock.advance(2_000);
    assert.ok(said().endsWith(`\r\x1b[KConnection lost, reconnecting… 5 s${HINT}`));
    assert.ok(!said().includes('\n'));
  });

  it('ends the line when the connection is back, and counts no further', () => {
    const { clock, notice, said } = setUp(true);
    notice.disconnected('reset', clock.monotonic());
    notice.reconnected();
    assert.ok(said().endsWith(`${HINT}\nReconnected.\n`));
    const before = said();
    clock.advance(60_000);
    assert.equal(said(), before);
  });

  it('ends the line when the session ends instead', () => {
    const { clock, notice, said } = setUp(true);
    notice.disconnected('reset', clock.monotonic());
    notice.stop();
    notice.stop();
    assert.ok(said().endsWith(`${HINT}\n`));
    const before = said();
    clock.advance(60_000);
    assert.equal(said(), before);
  });

  for (const [columns, line] of [
    [49, 'Connection lost, reconnecting… 5 s (~. to leave)'],
    [48, 'Connection lost… 5 s (~. to leave)'],
    [34, 'Connection lost… 5 s'],
    [20, 'Connection lost… 5'],
  ] as const) {
    it(`is cut to fit in one row of ${columns} columns`, async () => {
      const { clock, notice, output, shown } = setUp(true, columns);
      output('total 0\r\n');
      notice.disconnected('reset', clock.monotonic());
      clock.advance(5_000);
      assert.deepEqual((await shown()).rows, ['total 0', line]);
    });
  }
});

describe('a connection that stays lost, at a prompt', () => {
  for (const [name, above] of [
    ['on an empty screen', ''],
    ['on the last row of the screen', 'above\r\n'.repeat(30)],
  ] as const) {
    it(`is a line of its own below, and leaves no trace: ${name}`, async () => {
      const { clock, notice, output, shown } = setUp(true);
      output(`${above}\x1b[1m$ \x1b[0mecho half`);
      const before = await shown();
      notice.disconnected('reset', clock.monotonic());
      clock.advance(7_000);
      const during = await shown();
      assert.deepEqual(during.rows.slice(0, -1), before.rows);
      assert.equal(during.rows.at(-1), `Connection lost, reconnecting… 7 s${HINT}`);
      notice.reconnected();
      const after = await shown();
      assert.deepEqual(after.rows, before.rows);
      assert.deepEqual(after.cursor, before.cursor);
      output(' typed\r\n');
      assert.ok((await shown()).rows.includes('$ echo half typed'));
    });
  }

  it('moves the lines below the prompt down, and restores them', async () => {
    const { clock, notice, output, shown } = setUp(true);
    output('$ ls\r\none two\x1b[A\x1b[3D');
    const before = await shown();
    notice.disconnected('reset', clock.monotonic());
    const during = await shown();
    assert.equal(during.rows[0], before.rows[0]);
    assert.equal(during.rows[2], 'one two');
    notice.reconnected();
    assert.deepEqual((await shown()).rows, before.rows);
    assert.deepEqual((await shown()).cursor, before.cursor);
  });

  it('stays when the session ends, and what follows is below', async () => {
    const { clock, notice, output, shown } = setUp(true);
    output('$ echo half');
    notice.disconnected('reset', clock.monotonic());
    notice.stop();
    output('Exiting');
    assert.deepEqual((await shown()).rows, [
      '$ echo half',
      `Connection lost, reconnecting… 0 s${HINT}`,
      'Exiting',
    ]);
  });
});

describe('a lost connection that takes its time, in a full-screen program', () => {
  for (const end of ['reconnected', 'stop'] as const) {
    it(`is a bell and a title, which is restored: ${end}`, async () => {
      const { clock, notice, output, shown, said } = setUp(true);
      output('\x1b]2;web-1\x07$ vim\r\n\x1b[?1049h\x1b[HTasks\x1b[5;5Hmore');
      const before = await shown();
      notice.disconnected('reset', clock.monotonic());
      clock.advance(7_000);
      assert.equal((await shown()).title, `Connection lost, reconnecting… 7 s${HINT}`);
      assert.equal(said().split('\x07').length, 2);
      notice[end]();
      const after = await shown();
      assert.equal(after.title, 'web-1');
      assert.deepEqual(after.rows, before.rows);
      assert.deepEqual(after.cursor, before.cursor);
    });
  }
});

describe('a connection that is lost in the middle of a sequence', () => {
  it('lets the rest of the sequence mean what it would have meant', async () => {
    const { clock, notice, output, shown } = setUp(true);
    output('$ half\x1b[1');
    notice.disconnected('reset', clock.monotonic());
    clock.advance(2_000);
    assert.match((await shown()).rows.at(-1) ?? '', /^Connection lost/);
    notice.reconnected();
    output(';31mway\x1b[m');
    assert.deepEqual((await shown()).rows, ['$ halfway']);
  });

  it('is not shown when the sequence could not be begun again', () => {
    const { clock, notice, output, said } = setUp(true);
    output(`\x1b]52;c;${'A'.repeat(10_000)}`);
    notice.disconnected('reset', clock.monotonic());
    clock.advance(2_000);
    notice.reconnected();
    assert.equal(said(), '');
  });
});

describe('a terminal that has not taken all the output yet', () => {
  it('shows the notice when it has', () => {
    const { clock, notice, setBusy, said } = setUp(true);
    setBusy(true);
    notice.disconnected('reset', clock.monotonic());
    clock.advance(1_000);
    assert.equal(said(), '');
    setBusy(false);
    clock.advance(1_000);
    assert.equal(said(), `\r\x1b[KConnection lost, reconnecting… 2 s${HINT}`);
  });
});

describe('a lost connection that takes its time, elsewhere', () => {
  it('is two plain lines, however long it takes', () => {
    const { clock, notice, said } = setUp(false);
    notice.disconnected('reset', clock.monotonic());
    clock.advance(60_000);
    notice.reconnected();
    notice.stop();
    assert.equal(said(), 'Connection lost, reconnecting…\nReconnected.\n');
  });
});

describe('a lost connection of a session with a listener', () => {
  it('is two events, and no word of its own', () => {
    const events: SessionEvent[] = [];
    const notice = reportReconnects((event) => events.push(event));
    notice.disconnected('reset', 42);
    notice.reconnected();
    notice.stop();
    assert.deepEqual(events, [
      { kind: 'reconnecting', reason: 'reset', since: 42 },
      { kind: 'reconnected' },
    ]);
  });
});

describe('a notice for an output that is not read', () => {
  for (const onTerminal of [true, false]) {
    it(`adds no more to what waits ${onTerminal ? 'for a terminal' : 'in a pipe'}`, () => {
      const clock = createVirtualClock();
      const notices = new PassThrough();
      notices.cork();
      notices.write(Buffer.alloc(BUFFERED_TEXT_LIMIT + 1));
      const notice = createReconnectNotice({ notices, noticesOnTerminal: onTerminal }, clock, {
        modes: createTerminalModes(() => 24),
        columns: () => 80,
        isBusy: () => false,
        hint: () => HINT,
      });
      for (let i = 0; i < 100; i++) {
        notice.disconnected('reset', clock.monotonic());
        clock.advance(5_000);
        notice.reconnected();
      }
      assert.equal(notices.writableLength, BUFFERED_TEXT_LIMIT + 1);
    });
  }
});
