import { Duplex } from 'node:stream';
import type { LocalSocket } from '../../../session/port/connection/local-socket.ts';

/** Two ends of a connection in memory: what is written to one is read from the other. */
export function createSocketPair(): readonly [LocalSocket, LocalSocket] {
  const near = new PairedSocket();
  const far = new PairedSocket();
  near.pairWith(far);
  far.pairWith(near);
  return [near, far];
}

class PairedSocket extends Duplex implements LocalSocket {
  bytesRead = 0;
  bytesWritten = 0;
  #other: PairedSocket | undefined;
  /** Lets the other end write more. */
  #takeMore: (() => void) | undefined;

  constructor() {
    super({ allowHalfOpen: true });
    // The other end learns of it by its own end.
    this.on('error', () => undefined);
  }

  pairWith(other: PairedSocket): void {
    this.#other = other;
  }

  override _read(): void {
    const takeMore = this.#takeMore;
    this.#takeMore = undefined;
    takeMore?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.bytesWritten += chunk.length;
    this.#other?.receive(chunk, done);
  }

  /** It has ended when the other end has read everything, or is closed. */
  override _final(done: () => void): void {
    const other = this.#other;
    if (other === undefined || other.destroyed) {
      done();
      return;
    }
    const finish = (): void => {
      other.off('end', finish).off('close', finish);
      done();
    };
    other.once('end', finish).once('close', finish).push(null);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this._read();
    this.#other?.destroy();
    done(error);
  }

  receive(chunk: Buffer, done: () => void): void {
    this.bytesRead += chunk.length;
    if (this.destroyed || chunk.length === 0 || this.push(chunk)) done();
    else this.#takeMore = done;
  }
}
