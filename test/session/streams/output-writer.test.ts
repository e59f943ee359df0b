import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { createWriteGathering } from '../../../src/session/streams/gather-writes.ts';
import {
  createOutputWriter,
  type OutputWriter,
} from '../../../src/session/streams/output-writer.ts';

interface Terminal {
  readonly stdout: OutputWriter;
  readonly stderr: OutputWriter;
  /** What each system call has brought. */
  readonly calls: readonly string[];
}

/** Both outputs are the same terminal. */
function openTerminal(): Terminal {
  const calls: string[] = [];
  const gather = createWriteGathering();
  const open = (): OutputWriter => {
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        calls.push(chunk.toString());
        done();
      },
      writev(chunks: { readonly chunk: Buffer }[], done) {
        calls.push(chunks.map(({ chunk }) => chunk.toString()).join(''));
        done();
      },
    });
    return createOutputWriter(stream, gather, {
      full: () => undefined,
      drained: () => undefined,
      readerClosed: () => undefined,
    });
  };
  return { stdout: open(), stderr: open(), calls };
}

function write(writer: OutputWriter, ...texts: readonly string[]): void {
  for (const text of texts) writer.write(Buffer.from(text));
}

describe('what comes at once from the network', () => {
  it('is written at once', async () => {
    const { stdout, calls } = openTerminal();
    write(stdout, 'a', 'b', 'c');
    await stdout.finished();
    assert.deepEqual(calls.filter(Boolean), ['abc']);
  });

  it('is seen in the order in which it was sent, whichever output it is for', async () => {
    const { stdout, stderr, calls } = openTerminal();
    write(stdout, 'a', 'b');
    write(stderr, 'c', 'd');
    write(stdout, 'e', 'f');
    await Promise.all([stdout.finished(), stderr.finished()]);
    assert.deepEqual(calls.filter(Boolean), ['ab', 'cd', 'ef']);
  });

  it('is not delayed any longer than that', async () => {
    const { stdout, stderr, calls } = openTerminal();
    for (const text of ['1', '2']) {
      write(stdout, text);
      write(stderr, text);
      await new Promise(setImmediate);
    }
    assert.deepEqual(calls, ['1', '1', '2', '2']);
  });
});

describe('what waits for a slow reader', () => {
  it('is kept without the buffer that it came in', () => {
    const kept: Buffer[] = [];
    const stream = new Writable({ write: () => undefined });
    const write = stream.write.bind(stream);
    stream.write = (chunk: Buffer) => {
      kept.push(chunk);
      return write(chunk);
    };
    const writer = createOutputWriter(stream, () => undefined, {
      full: () => undefined,
      drained: () => undefined,
      readerClosed: () => undefined,
    });
    for (let i = 0; i < 3; i++) writer.write(Buffer.alloc(1024).subarray(0, 1));
    assert.deepEqual(
      kept.slice(1).map(({ buffer }) => buffer.byteLength),
      [1, 1],
    );
  });
});
