import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { encodeFlag, Flag } from '../../../src/protocol/flag.ts';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import { RECEIVE_BUDGET_BYTES } from '../../../src/session/port/connection/receive-budget.ts';
import { OUTPUT_PAYLOAD_BYTES } from '../../../src/session/session-type.ts';
import { seeded } from '../../support/random.ts';
import { until } from './support/local-programs.ts';
import { outputOf } from './support/memory-link.ts';
import { blockedOutput, startStdio } from './support/start-stdio.ts';

const TIMEOUT = { timeout: 60_000 };
const READER_CLOSED = { kind: 'reader-closed' };

describe('a stdio session', TIMEOUT, () => {
  it('makes stdout a byte stream and prints nothing there', (t) => {
    const { session, link, send } = startStdio(t);
    assert.equal(session.stdout, 'data');
    send('SSH-2.0-OpenSSH\r\n');
    session.receive(PayloadType.Flag, encodeFlag(Flag.ConnectToPortError));
    assert.equal(link.printed, '');
    assert.equal(link.warned, 'Connection to destination port failed, check SSM Agent logs.\n');
  });

  it('carries the bytes of stdin and stdout', async (t) => {
    const { link, host, send } = startStdio(t);
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

  it('sends a lone keystroke at once and full payloads when more waits', async (t) => {
    const { link, host } = startStdio(t);
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

  it('stops reading stdin while nothing is pulled', async (t) => {
    const { link, host } = startStdio(t);
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

  it('pauses receiving while stdout takes nothing, and loses nothing', async (t) => {
    const output = blockedOutput();
    const { link, send } = startStdio(t, output);
    const piece = Buffer.alloc(64 * 1024, 'y');
    let sent = 0;
    while (!link.receivingPaused) {
      send(piece);
      sent += piece.length;
      assert.ok(sent <= RECEIVE_BUDGET_BYTES + piece.length, 'receiving was not paused');
    }
    send(piece);
    sent += piece.length;
    await until(() => output.taken.length > 0);
    output.open();
    await until(() => !link.receivingPaused);
    await until(() => Buffer.concat(output.taken).length === sent);
  });
});

describe('other ends of a stdio session', TIMEOUT, () => {
  it('a closed stdout ends the session at once', async (t) => {
    const { link, host, send } = startStdio(t);
    host.stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await until(() => link.ends.length > 0);
    assert.deepEqual(link.ends[0], READER_CLOSED);
    send('this is not read');
  });

  it('so does a failed write on a stream that does not close itself', async (t) => {
    const error = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const output = new Writable({
      autoDestroy: false,
      write: (_chunk, _encoding, callback) => callback(error),
    });
    const { link, send } = startStdio(t, output);
    send('this is not read');
    await until(() => link.ends.length > 0);
    assert.deepEqual(link.ends[0], READER_CLOSED);
    send('this neither');
    await new Promise(setImmediate);
  });

  it('a signal ends the session', (t) => {
    const { session, link } = startStdio(t);
    session.signal('SIGTSTP');
    assert.deepEqual(link.ends, []);
    session.signal('SIGHUP');
    assert.deepEqual(link.ends, [
      { kind: 'leave', text: 'Terminate signal received, exiting.\n', exitCode: 0 },
    ]);
  });

  it('the target ends: what was received is delivered before the session ends', async (t) => {
    const output = blockedOutput();
    const { session, host, send } = startStdio(t, output);
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

  it('closing leaves stdin unread and ends nothing', async (t) => {
    const { session, host, link } = startStdio(t);
    session.close();
    host.stdin.write('unread');
    await new Promise(setImmediate);
    assert.equal(host.stdin.readableLength, 6);
    assert.equal(link.sent.length, 0);
    assert.equal(host.stdout.writableEnded, false);
  });
});
