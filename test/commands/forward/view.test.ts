import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import type { ForwardDisplay } from '../../../src/commands/forward/display.ts';
import { createForwardedPort, type PortChange } from '../../../src/cli/ports/forwarded-port.ts';
import type { ViewContext } from '../../../src/cli/live-view/port-view.ts';
import { createForwardView } from '../../../src/commands/forward/view.ts';
import { createWaits, type Waits } from '../../../src/cli/progress/waits.ts';
import { BUFFERED_TEXT_LIMIT } from '../../../src/lib/buffered-text.ts';
import { render } from '../../support/screen.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

const TARGET = 'i-0123456789abcdef0';
const COLUMNS = 100;
const TITLE = `Forwarding to ${TARGET} (Ctrl-C to end)`;

/** A connection whose bytes a test counts. */
interface CountedTraffic {
  sent: number;
  received: number;
}

interface Setup {
  readonly clock: VirtualClock;
  readonly waits: Waits;
  readonly view: ForwardDisplay;
  /** The one port in the view. */
  readonly report: (change: PortChange) => void;
  /** Where messages go now. */
  readonly messages: () => Writable | undefined;
  /** The lines that the terminal shows. */
  readonly shown: () => Promise<readonly string[]>;
  /** How often something was written so far. */
  readonly writes: () => number;
  /** What waits for the terminal, in bytes. */
  readonly unread: () => number;
  /** Lets a stuck terminal go on. */
  readonly release: () => void;
}

/** @param isStuck - the terminal takes nothing until `release()` */
function setUp(isStuck = false): Setup {
  const clock = createVirtualClock();
  let stuck = isStuck;
  const waiting: (() => void)[] = [];
  let writes = 0;
  let written = '';
  let messages: Writable | undefined;
  const stderr = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      const take = (): void => {
        written += text;
        done();
      };
      writes++;
      if (stuck) waiting.push(take);
      else take();
    },
  });
  const waits = createWaits(clock, () => assert.fail('the view shows waits'));
  const context: ViewContext = {
    clock,
    waits,
    options: { color: false },
    output: { stderr, divertMessages: (to) => (messages = to) },
    terminal: {
      window: { size: () => ({ cols: COLUMNS, rows: 24 }), onResize: () => () => undefined },
    },
  };
  const view = createForwardView(context, TARGET);
  const port = createForwardedPort({ localPort: '8080', host: undefined, port: '80' });
  const show = view.follow(port);
  return {
    clock,
    waits,
    view,
    report(change) {
      port.take(change);
      show(change);
    },
    messages: () => messages,
    async shown() {
      const size = { cols: COLUMNS };
      return (await render(written, { size, convertEol: true })).rows;
    },
    release() {
      stuck = false;
      for (const take of waiting.splice(0)) take();
    },
    writes: () => writes,
    unread: () => stderr.writableLength,
  };
}

const LISTENING: PortChange = {
  kind: 'listening',
  on: { kind: 'tcp', port: 8080, addresses: ['127.0.0.1'] },
};

/** The cells of the port's row. */
function cells(rows: readonly string[]): readonly string[] {
  const row = rows.find((line) => line.startsWith('127.0.0.1:8080 ')) ?? '';
  return row.split(/ {2,}/);
}

describe('the live view', () => {
  it('shows a foreign text on its line, without what would control the terminal', async () => {
    const { clock, report, messages, shown } = setUp();
    clock.advance(100);
    report({ kind: 'reconnecting', reason: 'closed\x1b[9;9H\u202e\u009b2J', since: 0 });
    messages()?.write('said\x1b[1;1H\u202e\tit\n');
    clock.advance(100);
    const rows = await shown();
    assert.equal(rows[0], 'port 8080: connection lost, reconnecting…');
    assert.equal(rows[1], 'said[1;1H it');
  });

  it('shows below it what is waited for, until the answer comes', async () => {
    const { clock, waits, shown } = setUp();
    const place = 'ssm.eu-west-1.amazonaws.com';
    const end = waits.report({ name: 'Systems Manager in eu-west-1', place });
    clock.advance(2_100);
    const text = `Waiting for Systems Manager in eu-west-1 (${place})… 2 s`;
    assert.deepEqual((await shown()).slice(-2), [text, '']);
    end();
    clock.advance(1_000);
    assert.match((await shown()).slice(-2).join('\n'), /^port 8080 .*\n$/);
  });

  it('is there soon, and shows what happens', async () => {
    const { clock, report, shown } = setUp();
    clock.advance(100);
    assert.deepEqual(await shown(), [
      '',
      TITLE,
      'LOCAL            REMOTE   OPEN      UP/s    DOWN/s      SENT  RECEIVED  STATE',
      'port 8080        port 80     0       0 B       0 B       0 B       0 B  connecting',
      '',
    ]);
    clock.advance(100);
    report(LISTENING);
    assert.equal(cells(await shown()).at(-1), 'listening');
  });

  it('shows the rates of the last second and the totals up to now', async () => {
    const { clock, report, shown } = setUp();
    const traffic: CountedTraffic = { sent: 0, received: 0 };
    report(LISTENING);
    report({ kind: 'connected', open: 1, traffic });
    traffic.sent = 512;
    traffic.received = 10 * 1024;
    clock.advance(1_000);
    assert.deepEqual(cells(await shown()).slice(2), [
      '1',
      '512 B',
      '10.0 KiB',
      '512 B',
      '10.0 KiB',
      'listening',
    ]);
    traffic.received += 1024;
    clock.advance(1_000);
    assert.deepEqual(cells(await shown()).slice(2), [
      '1',
      '0 B',
      '1.0 KiB',
      '512 B',
      '11.0 KiB',
      'listening',
    ]);
    report({ kind: 'disconnected', open: 0, traffic });
    clock.advance(1_000);
    assert.deepEqual(cells(await shown()).slice(2), [
      '0',
      '0 B',
      '0 B',
      '512 B',
      '11.0 KiB',
      'listening',
    ]);
  });

  it('writes nothing as long as nothing changes', () => {
    const { clock, report, writes } = setUp();
    report(LISTENING);
    clock.advance(1_000);
    const before = writes();
    clock.advance(3_600_000);
    assert.equal(writes(), before);
  });

  it('is not drawn more often than can be seen, however much happens', async () => {
    const { clock, report, shown, writes } = setUp();
    report(LISTENING);
    clock.advance(1_000);
    const before = writes();
    for (let i = 0; i < 1_000; i++) {
      const traffic = { sent: 1, received: 0 };
      report({ kind: 'connected', open: 1, traffic });
      report({ kind: 'disconnected', open: 0, traffic });
    }
    clock.advance(100);
    assert.ok(writes() - before <= 2, `${writes() - before} times`);
    assert.deepEqual(cells(await shown()).slice(5, 6), ['1000 B']);
  });

  it('counts the seconds while its connection is lost, and reports it above', async () => {
    const { clock, report, shown } = setUp();
    report(LISTENING);
    report({ kind: 'reconnecting', reason: 'reset', since: clock.monotonic() });
    clock.advance(3_000);
    assert.equal(cells(await shown()).at(-1), 'reconnecting 3 s');
    clock.advance(1_000);
    assert.equal(cells(await shown()).at(-1), 'reconnecting 4 s');
    report({ kind: 'reconnected' });
    clock.advance(100);
    assert.equal(cells(await shown()).at(-1), 'listening');
    assert.deepEqual((await shown()).slice(0, 3), [
      '127.0.0.1:8080: connection lost, reconnecting…',
      '127.0.0.1:8080: reconnected',
      '',
    ]);
  });

  it('keeps messages above it, each as a line, whatever they are made of', async () => {
    const { clock, messages, shown } = setUp();
    messages()?.write('begun, ');
    messages()?.write(Buffer.from('and ended\n\n\nnext\r\n'));
    messages()?.write('\x1b[2Jharmless\x07\n');
    clock.advance(100);
    assert.deepEqual((await shown()).slice(0, 5), [
      'begun, and ended',
      'next',
      '[2Jharmless',
      '',
      TITLE,
    ]);
  });

  it('writes many messages at once, and not itself with each', async () => {
    const { clock, messages, shown, writes } = setUp();
    clock.advance(1_000);
    const before = writes();
    for (let i = 0; i < 500; i++) messages()?.write(`message ${i}\n`);
    assert.equal(writes() - before, 500);
    assert.equal((await shown()).filter((line) => line === TITLE).length, 0);
    clock.advance(100);
    assert.equal((await shown())[499], 'message 499');
    assert.equal((await shown())[501], TITLE);
  });

  it('does not pile up frames for a terminal that takes none', async () => {
    const { clock, report, shown, writes, release } = setUp(true);
    report(LISTENING);
    for (let i = 0; i < 100; i++) {
      report({ kind: 'connected', open: i, traffic: { sent: 1, received: 0 } });
      clock.advance(1_000);
    }
    assert.equal(writes(), 1);
    release();
    clock.advance(1_000);
    assert.deepEqual(cells(await shown()).slice(2, 6), ['100', '0 B', '0 B', '100 B']);
  });

  it('drops messages that a terminal does not take, and reports how many when it does', async () => {
    const { clock, messages, shown, writes, release, unread } = setUp(true);
    clock.advance(1_000);
    for (let i = 0; i < 100_000; i++) messages()?.write(`message ${i}\n`);
    assert.ok(unread() < 2 * BUFFERED_TEXT_LIMIT, `${unread()} bytes wait`);
    assert.equal(writes(), 1);
    release();
    clock.advance(1_000);
    const rows = (await shown()).filter((row) => row !== '');
    const kept = rows.findIndex((row) => row.includes('dropped'));
    assert.equal(rows[kept - 1], `message ${kept - 1}`);
    assert.equal(
      rows[kept],
      `${100_000 - kept} messages were dropped because stderr was not read.`,
    );
    assert.equal(rows[kept + 1], TITLE);
  });

  it('keeps no message that has no end', () => {
    const { messages, writes } = setUp();
    const before = writes();
    for (let i = 0; i < 100; i++) messages()?.write('x'.repeat(1024));
    assert.equal(writes() - before, 1);
  });

  it('ends with the totals, and leaves no timer and nothing between stderr and its users', async () => {
    const { clock, view, report, messages, shown } = setUp();
    const traffic = { sent: 7, received: 2048 };
    report(LISTENING);
    report({ kind: 'connected', open: 1, traffic });
    report({ kind: 'disconnected', open: 0, traffic });
    report({ kind: 'ended' });
    const late = messages();
    late?.write('without a line break');
    view.end();
    const end = [
      'without a line break',
      '',
      `Forwarded to ${TARGET}`,
      'LOCAL            REMOTE   CONNECTIONS      SENT  RECEIVED  STATE',
      '127.0.0.1:8080   port 80            1       7 B   2.0 KiB  ended',
    ];
    assert.deepEqual(await shown(), [...end, '']);
    assert.equal(clock.pending, 0);
    assert.equal(messages(), undefined);
    late?.write('too late\n');
    assert.deepEqual(await shown(), [...end, 'too late', '']);
  });
});
