import type { Readable } from 'node:stream';
import { createDeferred } from '../../../../../src/lib/deferred.ts';
import type { PayloadType } from '../../../../../src/protocol/payload-type.ts';
import type { ProgramHost } from '../program.ts';
import { createTextOutput, READ_BYTES, readsOf } from '../text-output.ts';

const LINE_FEED = 0x0a;

/** The agent's loop that sends one output of a command. */
export interface SeparateOutputLoop {
  /** Resolves when the pipe has ended or the loop has. */
  readonly ended: Promise<void>;
  /** The connection to the service may take more. */
  writable(): void;
}

/**
 * Sends what a pipe of a command gives, in the agent's loop (`setupRoutineToWriteCmdPipelineOutput` of its
 * shell.go). It has no pause, and waits only while its connection takes nothing. It ends for good when it finds
 * the channel paused between two reads; it does not notice a pause that ends before the next read has returned.
 */
export function sendSeparately(
  host: ProgramHost,
  pipe: Readable,
  payloadType: PayloadType,
  prefix: string,
): SeparateOutputLoop {
  const send = payloadsOf(host, payloadType, prefix);
  const ended = createDeferred<undefined>();
  let sending: { readonly pauses: number } | undefined;

  const stop = (): void => {
    host.record.stoppedOutputs++;
    host.changed();
    pipe.off('data', read);
    // What the command writes from now on fills the pipe.
    pipe.pause();
    ended.resolve(undefined);
  };
  const read = (bytes: Buffer): void => {
    send(bytes);
    if (!host.active) {
      stop();
    } else if (!host.writable) {
      sending = { pauses: host.record.pauses };
      pipe.pause();
    }
  };
  pipe.once('close', () => ended.resolve(undefined));
  if (host.active) pipe.on('data', read);
  else stop();
  return {
    ended: ended.promise,
    writable() {
      if (sending === undefined || !host.writable) return;
      // The service has asked for the pause because it could not pass this on.
      const mustStop = host.record.pauses > sending.pauses;
      sending = undefined;
      if (mustStop) stop();
      else pipe.resume();
    },
  };
}

/**
 * Sends bytes in the agent's portions. A prefix comes before the first one, and before each one after a read
 * that ended with a line feed.
 */
export function payloadsOf(
  host: ProgramHost,
  payloadType: PayloadType,
  prefixText: string,
): (bytes: Buffer) => void {
  const text = createTextOutput();
  const prefix = Buffer.from(prefixText);
  const most = READ_BYTES - prefix.length;
  let needsPrefix = true;
  return (bytes) => {
    for (const read of readsOf(bytes, most)) {
      const payload = text.take(read, needsPrefix ? prefix : undefined);
      needsPrefix = read.at(-1) === LINE_FEED;
      if (payload.length === 0) continue;
      host.record.outputBytes += payload.length;
      host.send(payloadType, payload);
    }
  };
}
