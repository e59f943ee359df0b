import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { connectLocally } from '../../port/support/local-program.ts';
import { closedPort, startService } from '../../port/support/target-service.ts';
import { TARGET } from '../../support/target.ts';
import type { TerminalOptions, TerminalProgram } from '../../support/terminal-program.ts';
import { FATAL_ERROR, THROWS } from '../../support/throwing/throws.ts';
import { untilShown } from '../../support/until-shown.ts';
import { createScreen, type Screen } from '../../../support/screen.ts';
import { nameAt, startNamed, takenPort } from '../support/forwarding.ts';
import { startAccount, WEB_1, WEB_2 } from '../support/account.ts';
import {
  startTerminalCommand,
  startCommandTarget,
  type CommandTarget,
} from '../support/run-command.ts';

const WIDE = { cols: 110, rows: 24 };
const ESCAPE = '\x1b';

/** A terminal with a view in it. */
interface Viewed {
  readonly program: TerminalProgram;
  readonly screen: () => Promise<Screen>;
  /** Resolves when the rows of the screen are so. */
  until(what: string, reached: (rows: readonly string[]) => boolean): Promise<void>;
  resize(cols: number, rows: number): void;
}

async function startView(
  t: TestContext,
  target: CommandTarget,
  args: readonly string[],
  options: TerminalOptions = {},
): Promise<Viewed> {
  const size = options.size ?? WIDE;
  const program = await startTerminalCommand(t, target, ['forward', ...args], { ...options, size });
  const resizes: { readonly at: number; readonly cols: number; readonly rows: number }[] = [];
  const show = async (text: string): Promise<Screen> => {
    const shown = createScreen({ size });
    let done = 0;
    for (const { at, cols, rows } of resizes) {
      await shown.write(text.slice(done, at));
      shown.resize(cols, rows);
      done = at;
    }
    await shown.write(text.slice(done));
    return shown;
  };
  return {
    program,
    screen: () => show(program.screen.text),
    until: (what, reached) => untilShown(program.screen, show, what, ({ rows }) => reached(rows)),
    resize(cols, rows) {
      resizes.push({ at: program.screen.text.length, cols, rows });
      program.resize(cols, rows);
    },
  };
}

/** The cells of the last row of a destination. */
function rowOf(rows: readonly string[], destination: string): readonly string[] {
  const cells = rows.map((row) => row.split(/ {2,}/));
  return cells.findLast(([, remote]) => remote === destination) ?? [];
}

function stateOf(rows: readonly string[], destination: string): string {
  return rowOf(rows, destination).at(-1) ?? '';
}

/** The local port of a row that listens. */
function portOf(rows: readonly string[], destination: string): number {
  return Number(/^127\.0\.0\.1:(\d+)$/.exec(rowOf(rows, destination)[0] ?? '')?.[1]);
}

async function untilListening(view: Viewed, ...destinations: readonly string[]): Promise<void> {
  await view.until('the listeners', (rows) =>
    destinations.every((destination) => stateOf(rows, destination) === 'listening'),
  );
}

describe('forward in a terminal', () => {
  it('shows a row for each port: what is open, how fast it goes, and what went through', async (t) => {
    const bytes = Buffer.alloc(64 * 1024);
    const stream = await startService(t, (socket) => {
      const more = (): void => {
        if (!socket.destroyed) socket.write(bytes, () => setImmediate(more));
      };
      socket.once('data', more);
    });
    const other = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const [streaming, named] = [`port ${stream.port}`, `localhost:${other.port}`];
    const view = await startView(t, target, [TARGET, `0:${stream.port}`, `0:${named}`]);
    await untilListening(view, streaming, named);
    const socket = await connectLocally(t, {
      port: portOf((await view.screen()).rows, streaming),
      host: '127.0.0.1',
    });
    socket.write('go');
    socket.resume();
    await view.until('the stream', (rows) => {
      const [, , open, up, down, sent, received] = rowOf(rows, streaming);
      return open === '1' && up === '0 B' && down !== '0 B' && sent === '2 B' && received !== '0 B';
    });
    assert.deepEqual(rowOf((await view.screen()).rows, named).slice(2, 7), [
      ...['0', '0 B', '0 B', '0 B', '0 B'],
    ]);
    socket.resetAndDestroy();
    await view.until('the end of the stream', (rows) => {
      const [, , open, , down] = rowOf(rows, streaming);
      return open === '0' && down === '0 B';
    });
    assert.equal(await nameAt(t, portOf((await view.screen()).rows, named)), 'hello');
    await view.until('the other', (rows) => rowOf(rows, named)[6] === '5 B');
  });

  it('closes at a fatal error of the program, which is reported, and leaves the terminal as it was', async (t) => {
    const target = await startCommandTarget(t);
    const view = await startView(t, target, [TARGET, '0:80', '0:81'], { env: THROWS });
    await untilListening(view, 'port 80', 'port 81');
    view.program.kill('SIGUSR2');
    assert.deepEqual(await view.program.end(), {
      status: 255,
      settings: view.program.settingsBefore,
    });
    const { rows } = await view.screen();
    const reports = rows.join(' ').split('session-manager-plugin: ').slice(1);
    assert.deepEqual(
      reports.map((report) => report.startsWith(FATAL_ERROR)),
      [true],
    );
    for (const session of target.aws.sessions) await session.closed;
  });

  it('ends at Ctrl-C with the totals, the cursor below them, and the terminal as it was', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const destination = `port ${service.port}`;
    const view = await startView(t, target, [
      ...[TARGET, ...Array.from({ length: 12 }, () => `0:${service.port}`)],
    ]);
    await view.until(
      'all ports',
      (rows) => rows.filter((row) => row.endsWith('listening')).length === 12,
    );
    const port = portOf((await view.screen()).rows, destination);
    assert.equal(await nameAt(t, port), 'hello');
    await view.until('the connection', (rows) => rowOf(rows, destination)[6] === '5 B');
    view.program.type('\x03');
    assert.deepEqual(await view.program.end(), {
      status: 0,
      settings: view.program.settingsBefore,
    });
    for (const session of target.aws.sessions) await session.closed;
    const { rows, cursor } = await view.screen();
    const [blank, title, header, ...ports] = rows;
    assert.equal(blank, '');
    assert.equal(title, `Forwarded to ${TARGET}`);
    assert.match(header ?? '', /^LOCAL +REMOTE +CONNECTIONS +SENT +RECEIVED +STATE$/);
    assert.equal(ports.length, 13);
    assert.ok(ports.slice(0, 12).every((row) => row.endsWith('  ended')));
    assert.match(
      ports.join('\n'),
      new RegExp(`^127\\.0\\.0\\.1:${port} .* 1 +0 B +5 B +ended$`, 'm'),
    );
    assert.deepEqual(cursor, { row: 15, column: 0 });
    assert.ok(!view.program.screen.text.includes(`${ESCAPE}[?25l`), 'the cursor was never hidden');
    assert.doesNotMatch(view.program.screen.text, /warning/i);
  });

  it('reports above the view that one port fails, and goes on with the others', async (t) => {
    const service = await startNamed(t, 'hello');
    const taken = await takenPort(t);
    const target = await startCommandTarget(t);
    const [good, bad] = [`port ${service.port}`, 'db.internal:5432'];
    const view = await startView(t, target, [TARGET, `${taken}:${bad}`, `0:${service.port}`]);
    await untilListening(view, good);
    await view.until('the failure', (rows) => stateOf(rows, bad) === 'failed');
    const { rows } = await view.screen();
    const message = `session-manager-plugin: Local port ${taken} of 127.0.0.1 is already in use. Choose another local port, or 0 for`;
    assert.deepEqual(rows.slice(0, 4), [
      message,
      'any free one.',
      '',
      `Forwarding to ${TARGET} (Ctrl-C to end)`,
    ]);
    assert.equal(rowOf(rows, bad)[0], `port ${taken}`);
    assert.equal(await nameAt(t, portOf(rows, good)), 'hello');
    view.program.type('\x03');
    assert.equal((await view.program.end()).status, 255);
    const ended = (await view.screen()).rows;
    assert.equal(stateOf(ended, bad), 'failed');
    assert.equal(stateOf(ended, good), 'ended');
    assert.equal(ended.filter((row) => row === message).length, 1);
  });

  it('ends by itself when every port has failed', async (t) => {
    const target = await startCommandTarget(t);
    const message = `${TARGET} is not connected.`;
    target.aws.refuse('StartSession', { status: 400, type: 'TargetNotConnected', message });
    const view = await startView(t, target, [TARGET, '80', '443']);
    assert.deepEqual(await view.program.end(), {
      status: 255,
      settings: view.program.settingsBefore,
    });
    const { rows, cursor } = await view.screen();
    assert.equal(rows.filter((row) => row.startsWith('session-manager-plugin: ')).length, 2);
    assert.equal(stateOf(rows, 'port 80'), 'failed');
    assert.equal(stateOf(rows, 'port 443'), 'failed');
    assert.equal(cursor.column, 0);
  });

  it('ends its sessions when the window is closed', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const view = await startView(t, target, [TARGET, `0:${service.port}`]);
    await untilListening(view, `port ${service.port}`);
    view.program.hangUp();
    for (const session of target.aws.sessions) await session.closed;
  });

  it('fits a window that is made narrower, and one that is made wider', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const destination = `port ${service.port}`;
    const view = await startView(t, target, [TARGET, `0:${service.port}`, `0:${service.port}`]);
    await view.until(
      'both',
      (rows) => rows.filter((row) => row.endsWith('listening')).length === 2,
    );
    const titles = (rows: readonly string[]): number =>
      rows.filter((row) => row.includes(TARGET)).length;
    for (const [cols, header] of [
      [60, /^LOCAL +REMOTE +OPEN +UP\/s +DOWN\/s +STATE$/],
      [30, /^LOCAL +STATE$/],
      [110, /^LOCAL +REMOTE +OPEN +UP\/s +DOWN\/s +SENT +RECEIVED +STATE$/],
    ] as const) {
      view.resize(cols, 24);
      await view.until(`${cols} columns`, (rows) => rows.some((row) => header.test(row)));
      const { rows, lines } = await view.screen();
      assert.equal(titles(rows), 1, rows.join('\n'));
      assert.deepEqual(rows, lines, 'the terminal has broken a line');
    }
    assert.equal(await nameAt(t, portOf((await view.screen()).rows, destination)), 'hello');
  });

  it('reports how many ports there is no room for, and shows them all at the end', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const view = await startView(
      t,
      target,
      [TARGET, ...Array.from({ length: 9 }, () => `0:${service.port}`)],
      { size: { cols: 80, rows: 8 } },
    );
    await view.until(
      'the rows',
      (rows) => rows.filter((row) => row.endsWith('listening')).length === 5,
    );
    assert.equal((await view.screen()).rows.at(-2), 'and 4 more');
    assert.equal((await view.screen()).rows.length, 8);
    view.program.type('\x03');
    await view.program.end();
    assert.equal((await view.screen()).rows.filter((row) => row.endsWith('ended')).length, 9);
  });

  it('counts the seconds for which its connection is lost, and reports when it is back', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const [lost, kept] = [`port ${service.port}`, `localhost:${service.port}`];
    const view = await startView(t, target, [TARGET, `0:${service.port}`, `0:${kept}`]);
    await untilListening(view, lost, kept);
    const session = target.aws.sessions.find(
      ({ request }) => request.DocumentName === 'AWS-StartPortForwardingSession',
    );
    session?.setGateway('unavailable');
    session?.cutClient();
    await view.until('the seconds', (rows) => /^reconnecting \d+ s$/.test(stateOf(rows, lost)));
    assert.equal(stateOf((await view.screen()).rows, kept), 'listening');
    session?.setGateway('up');
    await untilListening(view, lost);
    const { rows } = await view.screen();
    const name = `127.0.0.1:${portOf(rows, lost)}`;
    assert.match(rows[0] ?? '', new RegExp(`^${name}: connection lost, reconnecting…$`));
    assert.equal(rows[1], `${name}: reconnected`);
    assert.equal(rows[2], '');
    assert.equal(await nameAt(t, portOf(rows, lost)), 'hello');
  });

  it('keeps log and target messages above the view, each on a whole line', async (t) => {
    const closed = await closedPort(t);
    const target = await startCommandTarget(t);
    const destination = `port ${closed}`;
    const view = await startView(t, target, [TARGET, '--log-level', 'info', `0:${closed}`], {
      size: { cols: 200, rows: 40 },
    });
    await untilListening(view, destination);
    connect(portOf((await view.screen()).rows, destination), '127.0.0.1').on(
      'error',
      () => undefined,
    );
    await view.until('the failure', (rows) =>
      rows.some((row) => row.endsWith(`: ${TARGET} cannot connect to ${destination} of ${TARGET}`)),
    );
    view.program.type('\x03');
    await view.program.end();
    const { rows } = await view.screen();
    const blank = rows.indexOf('');
    assert.ok(blank > 3, rows.join('\n'));
    const isShown =
      /^\d{4}-\d\d-\d\dT\S+Z (Inf|Wrn|Err) |^127\.0\.0\.1:\d+: i-\S+ cannot connect to /;
    for (const row of rows.slice(0, blank)) assert.match(row, isShown);
    assert.equal(rows.length, blank + 5);
  });

  it('is coloured unless that is not wanted', async (t) => {
    const service = await startNamed(t, 'hello');
    const target = await startCommandTarget(t);
    const green = `${ESCAPE}[32mlistening`;
    const colored = await startView(t, target, [TARGET, `0:${service.port}`]);
    await colored.program.screen.until('the colour', (text) => text.includes(green));
    for (const [args, env] of [
      [['--no-color'], {}],
      [[], { NO_COLOR: '1' }],
    ] as const) {
      const plain = await startView(t, target, [TARGET, `0:${service.port}`, ...args], { env });
      await untilListening(plain, `port ${service.port}`);
      // Select Graphic Rendition (ECMA-48) is what colours are made with.
      assert.doesNotMatch(plain.program.screen.text, new RegExp(`${ESCAPE}\\[[\\d;]*m`));
    }
  });

  for (const [where, args, options] of [
    ['in a terminal that moves no cursor', [], { env: { TERM: 'dumb' } }],
    [
      'in the background, where the shell’s prompt stands',
      [],
      { through: ['bash', '-c', 'set -m; "$@" & wait', 'bash'] },
    ],
  ] as const) {
    it(`is lines ${where}`, async (t) => {
      const service = await startNamed(t, 'hello');
      const target = await startCommandTarget(t);
      const program = await startTerminalCommand(
        t,
        target,
        ['forward', TARGET, ...args, `0:${service.port}`],
        options,
      );
      await program.screen.until('the line', (text) =>
        text.includes(` forwards to port ${service.port} of ${TARGET}\r\n`),
      );
      assert.ok(!program.screen.text.includes(ESCAPE));
    });
  }
});

describe('forward in a terminal without a target', () => {
  it('lets the user choose a target, and forwards the first argument, too', async (t) => {
    const service = await startNamed(t, 'hello');
    const account = await startAccount(t, [WEB_1, WEB_2]);
    const view = await startView(t, account, [`0:${service.port}`, `0:localhost:${service.port}`]);
    await view.program.screen.until('the picker', (text) => text.includes('navigate'));
    view.program.type('10.0.0.8');
    await view.program.screen.until('the choice', (text) =>
      /❯ [^\r]*10\.0\.0\.8/.test(text.slice(text.lastIndexOf('10.0.0.8') - 80)),
    );
    view.program.type('\r');
    await view.program.screen.until('the ports', (text) => text.split('listening').length > 2);
    assert.deepEqual(
      account.aws.sessions.map(({ request }) => request.Target),
      [WEB_2.id, WEB_2.id],
    );
    assert.ok(view.program.screen.text.includes(`Forwarding to ${WEB_2.id} (Ctrl-C to end)`));
    view.program.type('\x03');
    assert.deepEqual(await view.program.end(), {
      status: 0,
      settings: view.program.settingsBefore,
    });
  });
});
