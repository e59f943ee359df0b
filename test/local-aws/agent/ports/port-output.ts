import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import { createPace } from '../channel/pace.ts';
import type { ProgramHost } from '../programs/program.ts';

/** Bytes that go into one message; the agent reads that many from a port at a time. */
const PAYLOAD_BYTES = 1024;
/** Bytes that may wait; above it sources are not read. */
const FULL_BYTES = 64 * 1024;

/** The agent's byte stream to the client of a port session. */
export interface PortOutput {
  write(bytes: Buffer): void;
  /** Whether sources are to wait for `roomy`. */
  readonly full: boolean;
  /** Whether everything written was handed to the channel. */
  readonly empty: boolean;
  /** The channel can take messages again. */
  writable(): void;
  close(): void;
}

/** What a {@link PortOutput} reports. */
export interface PortOutputEvents {
  /** It has room again. */
  roomy(): void;
  /** Everything written was handed to the channel. */
  emptied(): void;
}

/** Gathers what waits into full payloads and keeps the agent's pace when that is switched on. */
export function createPortOutput(host: ProgramHost, events: PortOutputEvents): PortOutput {
  let chunks: Buffer[] = [];
  let first = 0;
  let offset = 0;
  let size = 0;
  let wasFull = false;

  const take = (): Buffer => {
    const wanted = Math.min(size, PAYLOAD_BYTES);
    const parts: Buffer[] = [];
    let taken = 0;
    while (taken < wanted) {
      const chunk = chunks[first] ?? Buffer.alloc(0);
      const part = chunk.subarray(offset, offset + wanted - taken);
      parts.push(part);
      taken += part.length;
      offset += part.length;
      if (offset === chunk.length) {
        first++;
        offset = 0;
      }
    }
    if (first === chunks.length) {
      chunks = [];
      first = 0;
    }
    size -= taken;
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  };
  const pump = (): void => {
    while (size > 0 && host.writable && pace?.isTooEarly() !== true) {
      host.output(PayloadType.Output, take());
    }
    wasFull ||= size >= FULL_BYTES;
    if (size > 0) return;
    if (wasFull) {
      wasFull = false;
      events.roomy();
    }
    events.emptied();
  };
  const pace = (host.options.pacing ?? true) ? createPace(host.clock, pump) : undefined;
  return {
    write(bytes) {
      chunks.push(bytes);
      size += bytes.length;
      pump();
    },
    get full() {
      return wasFull;
    },
    get empty() {
      return size === 0;
    },
    writable: pump,
    close() {
      pace?.cancel();
      chunks = [];
      first = 0;
      size = 0;
    },
  };
}
