import assert from 'node:assert/strict';
import { Writable, type PassThrough } from 'node:stream';
import { suite, test, type TestContext } from 'node:test';
import { encodeFlag, Flag } from '../../../src/protocol/flag.ts';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import { HELD_BYTES_LIMIT } from '../../../src/session/port/held-bytes.ts';
import { createPortSession } from '../../../src/session/port/port-session.ts';
import { INPUT_END_SILENCE_MS } from '../../../src/session/port/stdio.ts';
import { OUTPUT_PAYLOAD_BYTES, type SessionType } from '../../../src/session/session-type.ts';
import { seeded } from '../../support/random.ts';
import { createTestHost, until, type TestHost } from './local-programs.ts';
import { createMemoryLink, outputOf, type MemoryLink } from './memory-link.ts';

const AGENT = '3.3.0.0';
const TIMEOUT = { timeout: 60_000 };
const LEAVE = { kind: 'leave', text: '', exitCode: 0 };

interface Stdio {
  readonly session: SessionType;
  readonly link: MemoryLink;
  readonly host: TestHost;
  readonly send: (bytes: string | Buffer) => void;
}

function start(t: TestContext, stdout?: Writable): Stdio {
  const link = createMemoryLink(AGENT);
  const host = createTestHost();
  const used = stdout === undefined ? host : { ...host, stdout };
  const session = createPortSession({ portNumber: '22' }, AGENT, link, used);
  link.session = session;
  t.after(() => session.close());
  session.start();
  return {
    session,
    link,
    host,
    send: (bytes) => assert.equal(session.receive(PayloadType.Output, Buffer.from(bytes)), true),
  };
}

/** A stdout that takes nothing until it is opened. */
function blockedOutput(): Writable & { open(): void; readonly taken: Buffer[] } {
  const taken: Buffer[] = [];
  let blocked: (() => void) | undefined;
  let isOpen = false;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      taken.push(chunk);
      if (isOpen) callback();
      else blocked = callback;
    },
  });
  const open = (): void => {
    isOpen = true;
    blocked?.();
  };
  return Object.assign(stream, { open, taken });
}

suite('a stdio session', TIMEOUT, () => {
  test('makes stdout a byte stream and prints nothing there', (t) => {
    const { session, link, send } = start(t);
    assert.equal(session.stdout, 'data');
    send('SSH-2.0-OpenSSH\r\n');
    session.receive(PayloadType.Flag, encodeFlag(Flag.ConnectToPortError));
    assert.equal(link.printed, '');
    assert.equal(link.warned, '\nConnection to destination port failed, check SSM Agent logs.\n');
  });

  test('carries the bytes of stdin and stdout', async (t) => {
    const { link, host, send } = start(t);
    await seeded(async (random) => {
      const upload = random.bytes(300_001);
      const download = random.bytes(200_001);
      host.stdin.write(upload);
      for (let offset = 0; offset < download.length; offset += OUTPUT_PAYLOAD_BYTES) {
        send(download.subarray(offset, offset + OUTPUT_PAYLOAD_BYTES));
      }
      const received: Buffer[] = [];
      host.stdout.on('data', (chunk: Buffer) => received.push(chunk));
      await until(() => outputOf(link.sent).length >= upload.length);
      await until(() => Buffer.concat(received).length >= download.length);
      assert.ok(outputOf(link.sent).equals(upload));
      assert.ok(Buffer.concat(received).equals(download));
    });
  });

  test('sends a lone keystroke at once and full payloads when more waits', async (t) => {
    const { link, host } = start(t);
    host.stdin.write('k');
    await until(() => link.sent.length === 1);
    assert.equal(link.sent[0]?.payload.toString(), 'k');
    link.room = 0;
    for (let i = 0; i < 30; i++) host.stdin.write('x'.repeat(100));
    await until(() => {
      link.pull(0);
      return host.stdin.readableLength === 0;
    });
    link.pull();
    assert.deepEqual(
      link.sent.slice(1).map(({ payload }) => payload.length),
      [1024, 1024, 952],
    );
  });

  test('stops reading stdin while nothing is pulled', async (t) => {
    const { link, host } = start(t);
    link.room = 0;
    const piece = Buffer.alloc(16 * 1024, 'x');
    let written = 0;
    while (host.stdin.write(piece)) {
      written += piece.length;
      assert.ok(written < 1024 * 1024, 'stdin is read without end');
      await new Promise(setImmediate);
    }
    written += piece.length;
    assert.equal(host.stdin.isPaused(), true);
    await until(() => {
      link.pull(10);
      return outputOf(link.sent).length === written;
    });
  });

  test('pauses receiving while stdout takes nothing, and loses nothing', async (t) => {
    const output = blockedOutput();
    const { link, send } = start(t, output);
    const piece = Buffer.alloc(64 * 1024, 'y');
    let sent = 0;
    while (!link.receivingPaused) {
      send(piece);
      sent += piece.length;
      assert.ok(sent <= HELD_BYTES_LIMIT + piece.length, 'receiving was not paused');
    }
    send(piece);
    sent += piece.length;
    await until(() => output.taken.length > 0);
    output.open();
    await until(() => !link.receivingPaused);
    await until(() => Buffer.concat(output.taken).length === sent);
  });
});

suite('the end of stdin', TIMEOUT, () => {
  test('goes on delivering, and leaves when the target has been silent for a while', async (t) => {
    const { link, host, send } = start(t);
    host.stdin.end('request');
    await until(() => host.clock.pending > 0);
    assert.equal(outputOf(link.sent).toString(), 'request');
    host.clock.advance(INPUT_END_SILENCE_MS - 1);
    send('the ans');
    await until(() => host.stdout.readableLength === 7);
    host.clock.advance(INPUT_END_SILENCE_MS - 1);
    send('wer');
    await until(() => host.stdout.readableLength === 10);
    host.clock.advance(INPUT_END_SILENCE_MS - 1);
    assert.deepEqual(link.ends, []);
    host.clock.advance(1);
    assert.deepEqual(link.ends, [LEAVE]);
    assert.equal(String(host.stdout.read()), 'the answer');
  });

  test('counts silence only from when the target has received everything', async (t) => {
    const { link, host } = start(t);
    link.holdAcknowledgements = true;
    host.stdin.end('request');
    await until(() => outputOf(link.sent).length > 0 && host.stdin.readableEnded);
    host.clock.advance(100 * INPUT_END_SILENCE_MS);
    assert.deepEqual(link.ends, []);
    await until(() => {
      link.acknowledge();
      return host.clock.pending > 0;
    });
    host.clock.advance(INPUT_END_SILENCE_MS);
    assert.deepEqual(link.ends, [LEAVE]);
  });

  test('does not leave while stdout still has to take what came', async (t) => {
    const output = blockedOutput();
    const { link, host, send } = start(t, output);
    send('slowly read');
    host.stdin.end();
    await until(() => host.clock.pending > 0);
    host.clock.advance(10 * INPUT_END_SILENCE_MS);
    assert.deepEqual(link.ends, []);
    output.open();
    await until(() => output.writableLength === 0);
    host.clock.advance(2 * INPUT_END_SILENCE_MS);
    assert.deepEqual(link.ends, [LEAVE]);
  });

  for (const [name, end] of [
    ['closed without an end', (stdin: PassThrough) => stdin.destroy()],
    ['failing', (stdin: PassThrough) => stdin.destroy(new Error('read EIO'))],
  ] as const) {
    test(`is also a stdin ${name}`, async (t) => {
      const { link, host } = start(t);
      end(host.stdin);
      await until(() => host.clock.pending > 0);
      host.clock.advance(INPUT_END_SILENCE_MS);
      assert.deepEqual(link.ends, [LEAVE]);
    });
  }
});

suite('the other ends of a stdio session', TIMEOUT, () => {
  test('a closed stdout leaves at once', async (t) => {
    const { link, host, send } = start(t);
    host.stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await until(() => link.ends.length > 0);
    assert.deepEqual(link.ends[0], LEAVE);
    send('nobody reads this');
  });

  test('so does a write that fails, on a stream that does not close itself', async (t) => {
    const error = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const output = new Writable({
      autoDestroy: false,
      write: (_chunk, _encoding, callback) => callback(error),
    });
    const { link, send } = start(t, output);
    send('nobody reads this');
    await until(() => link.ends.length > 0);
    assert.deepEqual(link.ends[0], LEAVE);
    send('nor this');
    await new Promise(setImmediate);
  });

  test('a signal leaves', (t) => {
    const { session, link } = start(t);
    session.signal('SIGTSTP');
    assert.deepEqual(link.ends, []);
    session.signal('SIGHUP');
    assert.deepEqual(link.ends, [
      { kind: 'leave', text: 'Terminate signal received, exiting.\n', exitCode: 0 },
    ]);
  });

  test('the target ends: what was received is delivered before the session is over', async (t) => {
    const output = blockedOutput();
    const { session, host, send } = start(t, output);
    send('last ');
    send('words');
    let finished = false;
    const finishing = session.finish().then(() => (finished = true));
    await until(() => output.taken.length > 0);
    assert.equal(finished, false);
    output.open();
    await finishing;
    assert.equal(Buffer.concat(output.taken).toString(), 'last words');
    session.close();
    session.close();
    assert.equal(host.clock.pending, 0);
  });

  test('closing leaves stdin unread and ends nothing', async (t) => {
    const { session, host, link } = start(t);
    session.close();
    host.stdin.write('unread');
    await new Promise(setImmediate);
    assert.equal(host.stdin.readableLength, 6);
    assert.equal(link.sent.length, 0);
    assert.equal(host.stdout.writableEnded, false);
  });
});
