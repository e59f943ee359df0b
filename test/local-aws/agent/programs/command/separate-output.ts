import type { Readable } from 'node:stream';
import type { PayloadType } from '../../../../../src/protocol/payload-type.ts';
import type { ProgramHost } from '../program.ts';
import { createTextOutput, READ_BYTES, readsOf } from '../text-output.ts';

const LINE_FEED = 0x0a;

/**
 * Sends what a pipe of a command gives, in the agent's loop (`setupRoutineToWriteCmdPipelineOutput` of its
 * shell.go): it has no pause and no flow control, and it ends for good when it finds the channel paused between
 * two reads. The agent does not notice a pause that ends before the next read has returned.
 *
 * @returns resolves when the pipe has ended or the loop has
 */
export function sendSeparately(
  host: ProgramHost,
  pipe: Readable,
  payloadType: PayloadType,
  prefix: string,
): Promise<void> {
  const send = payloadsOf(host, payloadType, prefix);
  return new Promise((resolve) => {
    const stop = (): void => {
      host.record.stoppedOutputs++;
      host.changed();
      pipe.off('data', read);
      // What the command writes from now on fills the pipe.
      pipe.pause();
      resolve();
    };
    const read = (bytes: Buffer): void => {
      send(bytes);
      if (!host.active) stop();
    };
    pipe.once('close', resolve);
    if (!host.active) {
      stop();
      return;
    }
    pipe.on('data', read);
  });
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
