import {
  SMUX_HEADER_BYTES,
  SmuxCommand,
  writeSmuxHeader,
} from '../../../protocol/smux/smux-frame.ts';
import type { ProbeResult } from '../listen/choose-session.ts';
import type { UploadSource } from './upload-scheduler.ts';

/**
 * Streams that find out whether the agent can connect to the destination. Each is opened and ended at once: the agent
 * connects, closes the connection, which has carried nothing, and ends the stream, too. When it cannot connect, it
 * reports that before the end (docs/design/agent.md#ports). So the end of the stream confirms the connection.
 */
export interface Probes {
  /** How many the agent has not ended. */
  readonly size: number;
  /**
   * @param id - odd, of no other stream
   * @param done - is called once
   * @returns what must be sent for it
   */
  open(id: number, done: (result: ProbeResult) => void): UploadSource;
  /** The destination has sent bytes on a stream. */
  received(id: number): void;
  /**
   * The agent has ended a stream.
   *
   * @param result - asked for only when it is a probe
   * @returns whether it is one
   */
  ended(id: number, result: () => ProbeResult): boolean;
}

/** No stream is open. */
export function createProbes(): Probes {
  const open = new Map<number, (result: ProbeResult) => void>();
  return {
    get size() {
      return open.size;
    },
    open(id, done) {
      open.set(id, done);
      return createSource(id);
    },
    received(id) {
      const done = open.get(id);
      if (done === undefined) return;
      open.set(id, () => undefined);
      done('connected');
    },
    ended(id, result) {
      const done = open.get(id);
      if (done === undefined) return false;
      open.delete(id);
      done(result());
      return true;
    },
  };
}

/** The beginning and the end of a stream. */
function createSource(id: number): UploadSource {
  let isSent = false;
  return {
    pending: () => !isSent,
    fill(target, offset) {
      if (isSent || target.length - offset < 2 * SMUX_HEADER_BYTES) return offset;
      isSent = true;
      const end = writeSmuxHeader(target, offset, SmuxCommand.Syn, id, 0);
      return writeSmuxHeader(target, end, SmuxCommand.Fin, id, 0);
    },
  };
}
