import { Writable } from 'node:stream';
import { asError } from '../../lib/errors/as-error.ts';
import { writeFully } from './write-fully.ts';

const STDOUT = 1;
const STDERR = 2;

/** stdout and stderr: a write is complete, or it fails. */
export interface ProcessOutputs {
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** The outputs of this process. */
export function processOutputs(): ProcessOutputs {
  return { stdout: whole(process.stdout, STDOUT), stderr: whole(process.stderr, STDERR) };
}

/**
 * Node.js writes to a file by one write(2) and takes a short write for a whole one (SyncWriteStream in
 * its lib/internal/fs/sync_write_stream.js): on a full disk the rest would be lost without an error.
 * Terminals, pipes and sockets have no such fault.
 */
function whole(stream: Writable, fd: number): Writable {
  const isFile = Reflect.get(stream, '_type') === 'fs';
  return isFile ? fileOutput(fd) : stream;
}

/** Writes at once, as Node.js does to files. Another stream on the same descriptor keeps its place. */
function fileOutput(fd: number): Writable {
  const write = (bytes: Buffer, done: (error?: Error) => void): void => {
    let failure: Error | undefined;
    try {
      if (writeFully(fd, bytes) < bytes.length) failure = new Error('the device has no room');
    } catch (thrown) {
      failure = asError(thrown);
    }
    if (failure === undefined) done();
    else done(failure);
  };
  return new Writable({
    write(bytes: Buffer, _encoding, done) {
      write(bytes, done);
    },
    writev(chunks: readonly { readonly chunk: Buffer }[], done) {
      write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
    },
  });
}
