import { systemCode } from '../../lib/system-error.ts';
import { PayloadType } from '../../protocol/payload-type.ts';
import { OUTPUT_PAYLOAD_BYTES, type SessionLink, type SessionType } from '../session-type.ts';
import { classifyPayload } from './agent-messages.ts';
import { writeTo } from './connection/byte-sink.ts';
import { readFrom, type ByteSource } from './connection/byte-source.ts';
import { createDelivery } from './connection/delivery.ts';
import { createReceiveBudget } from './connection/receive-budget.ts';
import type { PortHost } from './port-host.ts';
import { endOnSignal } from './port-signals.ts';
import { idleCountsFrom, startIdleTimer, type IdleTimer } from './connection/idle-timer.ts';
import { DESTINATION_FAILED_TEXT } from './port-texts.ts';

/**
 * The agent cannot be told that stdin has ended. The target's answer is passed on until so many
 * milliseconds have gone without a byte of it, counted from when the target had received everything
 * (docs/design/protocol.md#ssh: a few seconds).
 */
export const INPUT_END_IDLE_MS = 5_000;

/**
 * A session whose byte stream is stdin and stdout, as SSH's ProxyCommand wants it
 * (docs/design/protocol.md#ssh). It prints nothing on stdout.
 */
export function createStdioSession(link: SessionLink, host: PortHost): SessionType {
  const { clock, logger, stdin, stdout } = host;
  const budget = createReceiveBudget(link);
  const delivery = createDelivery(budget, clock);
  const sink = writeTo(stdout, budget);
  let source: ByteSource | undefined;
  let silence: IdleTimer | undefined;
  let inputEnded = false;
  let watching = false;
  let over = false;

  const leave = (): void => link.end({ kind: 'leave', text: '', exitCode: 0 });

  const watchEnd = (): void => {
    if (watching || !inputEnded || (source !== undefined && source.waiting() > 0)) return;
    watching = true;
    const excuse = idleCountsFrom(clock, link, () => budget.paused || sink.buffered() > 0);
    const startIdle = (): void => {
      if (!over) silence = startIdleTimer(clock, INPUT_END_IDLE_MS, excuse, leave);
    };
    // What was taken last goes out behind the call that took it.
    queueMicrotask(() => link.whenAcknowledged(startIdle));
  };
  const onInputEnd = (): void => {
    inputEnded = true;
    watchEnd();
  };
  const onInputError = (error: Error): void => {
    logger.warn(`stdin: ${systemCode(error)}`);
    onInputEnd();
  };
  const onOutputClosed = (): void => {
    sink.discard();
    link.end({ kind: 'reader-closed' });
  };
  // Any other error is for the session to judge (`watchOutputs`), which has then ended already.
  const onOutputError = (error: Error): void => {
    logger.info(`stdout: ${systemCode(error)}`);
    if (!over) onOutputClosed();
  };

  const stop = (): void => {
    over = true;
    source?.stop();
    silence?.cancel();
    stdin.off('close', onInputEnd);
  };

  return {
    stdout: 'data',
    exitStatus: undefined,
    start() {
      stdout.on('error', onOutputError);
      stdout.on('close', onOutputClosed);
      stdin.on('error', onInputError);
      stdin.on('close', onInputEnd);
      source = readFrom(stdin, { bytes: () => link.wake(), ended: onInputEnd });
    },
    receive(payloadType, payload) {
      if (over) return true;
      switch (classifyPayload(payloadType, payload, link, logger)) {
        case 'output':
          silence?.received();
          sink.write(payload);
          break;
        case 'destination-failed':
          link.warn(DESTINATION_FAILED_TEXT.trim());
          break;
        case 'other':
          break;
      }
      return true;
    },
    next() {
      const payload = over ? undefined : source?.take(OUTPUT_PAYLOAD_BYTES);
      watchEnd();
      return payload && { payloadType: PayloadType.Output, payload };
    },
    signal: (signal) => endOnSignal(signal, link),
    finish() {
      stop();
      return delivery.finished();
    },
    close() {
      stop();
      stdout.off('close', onOutputClosed);
      sink.discard();
      delivery.cancel();
    },
  };
}
