import { Duplex } from 'node:stream';

/** Datagrams of one peer that wait until they are read: a session may be starting. Later ones are dropped. */
const WAITING_DATAGRAMS = 8;

/** How a peer is answered. */
type SendDatagram = (bytes: Buffer, done: () => void) => void;

/** A local program that sends datagrams, as a connection: each chunk of it is a datagram. */
export class UdpPeer extends Duplex {
  /** Bytes from the program. */
  bytesRead = 0;
  /** Bytes to the program. */
  bytesWritten = 0;
  /** When the last datagram passed, in monotonic milliseconds. */
  lastUsed: number;
  readonly #send: SendDatagram;
  readonly #now: () => number;

  constructor(send: SendDatagram, now: () => number) {
    super({ objectMode: true });
    this.#send = send;
    this.#now = now;
    this.lastUsed = now();
  }

  /** A datagram of the program. @returns false when it was dropped */
  receive(bytes: Buffer): boolean {
    this.lastUsed = this.#now();
    if (this.readableLength >= WAITING_DATAGRAMS) return false;
    this.bytesRead += bytes.length;
    this.push(bytes);
    return true;
  }

  override _read(): void {
    // They come when they come.
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.lastUsed = this.#now();
    this.bytesWritten += bytes.length;
    // A datagram that cannot be sent is lost, as others are.
    this.#send(bytes, () => done());
  }
}
