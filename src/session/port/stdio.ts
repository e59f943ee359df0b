import { systemCode } from '../../lib/errors/system-error.ts';
import { PayloadType } from '../../protocol/payload-type.ts';
import {
  OUTPUT_PAYLOAD_BYTES,
  type OutgoingMessage,
  type SessionLink,
  type SessionSignal,
  type SessionType,
} from '../session-type.ts';
import { classifyPayload } from './agent-messages.ts';
import { writeTo, type ByteSink } from './connection/byte-sink.ts';
import { readFrom, type ByteSource } from './connection/byte-source.ts';
import { createDelivery, type Delivery } from './connection/delivery.ts';
import { idleCountsFrom, startIdleTimer, type IdleTimer } from './connection/idle-timer.ts';
import { createReceiveBudget, type ReceiveBudget } from './connection/receive-budget.ts';
import type { PortHost } from './port-host.ts';
import { endOnSignal } from './port-signals.ts';
import { DESTINATION_FAILED_TEXT } from './port-texts.ts';
import { STDIO_TRANSITIONS, type StdioEvent, type StdioState } from './stdio-state.ts';

/**
 * The protocol has no message for the end of stdin. The target's answer is passed on until this many
 * milliseconds pass without a byte of it, counted from the moment when the target has acknowledged everything
 * (docs/design/protocol.md#ssh: some seconds).
 */
export const INPUT_END_IDLE_MS = 5_000;

/**
 * A session whose byte stream is stdin and stdout, for SSH's ProxyCommand
 * (docs/design/protocol.md#ssh). It prints no texts on stdout.
 */
export function createStdioSession(link: SessionLink, host: PortHost): SessionType {
  return new StdioSession(link, host);
}

class StdioSession implements SessionType {
  readonly stdout = 'data';
  readonly exitStatus = undefined;
  readonly #link: SessionLink;
  readonly #host: PortHost;
  readonly #budget: ReceiveBudget;
  readonly #delivery: Delivery;
  readonly #sink: ByteSink;
  #state: StdioState = 'open';
  #source: ByteSource | undefined;
  #idle: IdleTimer | undefined;

  constructor(link: SessionLink, host: PortHost) {
    this.#link = link;
    this.#host = host;
    this.#budget = createReceiveBudget(link);
    this.#delivery = createDelivery(this.#budget, host.clock);
    this.#sink = writeTo(host.stdout, this.#budget);
  }

  start(): void {
    const { stdin, stdout } = this.#host;
    stdout.on('error', this.#onOutputError);
    stdout.on('close', this.#onOutputClosed);
    stdin.on('error', this.#onInputError);
    stdin.on('close', this.#onInputEnd);
    this.#source = readFrom(stdin, { bytes: () => this.#link.wake(), ended: this.#onInputEnd });
  }

  receive(payloadType: number, payload: Buffer): boolean {
    if (this.#state === 'closed') return true;
    switch (classifyPayload(payloadType, payload, this.#link, this.#host.logger)) {
      case 'output':
        this.#idle?.received();
        this.#sink.write(payload);
        break;
      case 'destination-failed':
        this.#link.warn(DESTINATION_FAILED_TEXT.trim());
        break;
      case 'other':
        break;
    }
    return true;
  }

  next(): OutgoingMessage | undefined {
    if (this.#state === 'closed') return undefined;
    const payload = this.#source?.take(OUTPUT_PAYLOAD_BYTES);
    this.#noteDrained();
    return payload && { payloadType: PayloadType.Output, payload };
  }

  signal(signal: SessionSignal): void {
    endOnSignal(signal, this.#link);
  }

  finish(): Promise<void> {
    this.#stop();
    return this.#delivery.finished();
  }

  close(): void {
    this.#stop();
    this.#host.stdout.off('close', this.#onOutputClosed);
    this.#sink.discard();
    this.#delivery.cancel();
  }

  readonly #onInputEnd = (): void => {
    this.#dispatch('input-ended');
    this.#noteDrained();
  };

  readonly #onInputError = (error: Error): void => {
    this.#host.logger.warn(`stdin: ${systemCode(error)}`);
    this.#onInputEnd();
  };

  readonly #onOutputClosed = (): void => {
    this.#sink.discard();
    this.#link.end({ kind: 'reader-closed' });
  };

  // The session handles any other error first (`watchOutputs`), and has then closed this one.
  readonly #onOutputError = (error: Error): void => {
    this.#host.logger.info(`stdout: ${systemCode(error)}`);
    if (this.#state !== 'closed') this.#onOutputClosed();
  };

  #dispatch(event: StdioEvent): void {
    const before = this.#state;
    this.#state = STDIO_TRANSITIONS[before][event];
    if (this.#state === before) return;
    if (this.#state === 'unacknowledged') {
      // The bytes that were taken last are sent after the call that took them.
      queueMicrotask(() => this.#link.whenAcknowledged(() => this.#dispatch('acknowledged')));
    } else if (this.#state === 'awaiting-rest') {
      this.#startIdleTimer();
    }
  }

  #noteDrained(): void {
    if (this.#source === undefined || this.#source.waiting() === 0) this.#dispatch('drained');
  }

  #startIdleTimer(): void {
    const { clock } = this.#host;
    const isBusy = (): boolean => this.#budget.paused || this.#sink.buffered() > 0;
    const countsFrom = idleCountsFrom(clock, this.#link, isBusy);
    this.#idle = startIdleTimer(clock, INPUT_END_IDLE_MS, countsFrom, () =>
      this.#link.end({ kind: 'leave', text: '', exitCode: 0 }),
    );
  }

  #stop(): void {
    this.#dispatch('close');
    this.#source?.stop();
    this.#idle?.cancel();
    this.#host.stdin.off('close', this.#onInputEnd);
  }
}
