import type { SessionFailure } from '../../ending.ts';
import { sessionFailures } from '../../../failures/session.ts';
import { PayloadType } from '../../../protocol/payload-type.ts';
import { isProtocolError } from '../../../protocol/protocol-error.ts';
import { createSmuxDecoder } from '../../../protocol/smux/smux-decoder.ts';
import {
  FIRST_STREAM_ID,
  SmuxCommand,
  STREAM_ID_STEP,
  type SmuxFrame,
} from '../../../protocol/smux/smux-frame.ts';
import type {
  OutgoingMessage,
  SessionLink,
  SessionSignal,
  SessionType,
} from '../../session-type.ts';
import { classifyPayload, reportDestinationFailed, reportRequested } from '../agent-messages.ts';
import { createDelivery, type Delivery } from '../connection/delivery.ts';
import { idleCountsFrom } from '../connection/idle-timer.ts';
import type { LocalSocket } from '../connection/local-socket.ts';
import { createReceiveBudget, type ReceiveBudget } from '../connection/receive-budget.ts';
import { openListener } from '../listen/listener.ts';
import type { ProbeResult } from '../listen/choose-session.ts';
import type { Membership } from '../listen/local-port.ts';
import type { PortHost } from '../port-host.ts';
import { endOnSignal } from '../port-signals.ts';
import type { PortProperties } from '../properties.ts';
import { startKeepAlive, type KeepAlive } from './keep-alive.ts';
import { MuxStream } from './mux-stream.ts';
import { createPendingDials, type PendingDials } from './pending-dials.ts';
import { createProbes } from './probes.ts';
import { createUploadScheduler, type UploadSource } from './upload-scheduler.ts';

const STREAM_ID_RANGE = 0x1_0000_0000;

type MultiplexedProperties = Extract<PortProperties, { kind: 'multiplexed' }>;

/**
 * A forwarded port for agents that speak smux: one stream for each local connection, any number at the
 * same time (docs/design/protocol.md#multiplexed-ports).
 */
export function createMultiplexedSession(
  properties: MultiplexedProperties,
  link: SessionLink,
  host: PortHost,
): SessionType {
  return new MultiplexedSession(properties, link, host);
}

/** `unreported`: it may be that of a probe, which reports it itself. */
type FailedDial = 'reported' | 'unreported';

class MultiplexedSession implements SessionType {
  readonly stdout = 'text';
  readonly exitStatus = undefined;
  readonly #properties: MultiplexedProperties;
  readonly #link: SessionLink;
  readonly #host: PortHost;
  readonly #budget: ReceiveBudget;
  readonly #delivery: Delivery;
  readonly #scheduler = createUploadScheduler();
  readonly #decoder = createSmuxDecoder();
  readonly #streams = new Map<number, MuxStream>();
  readonly #probes = createProbes();
  readonly #dials: PendingDials;
  #state: 'starting' | 'listening' | 'closed' = 'starting';
  #membership: Membership | undefined;
  #keepAlive: KeepAlive | undefined;
  #nextId = FIRST_STREAM_ID;
  /** Dials whose failure the agent has reported, and whose FIN has not come yet. */
  readonly #failedDials: FailedDial[] = [];

  constructor(properties: MultiplexedProperties, link: SessionLink, host: PortHost) {
    this.#properties = properties;
    this.#link = link;
    this.#host = host;
    this.#budget = createReceiveBudget(link);
    this.#delivery = createDelivery(this.#budget, host.clock);
    this.#dials = createPendingDials(host.clock);
  }

  start(): void {
    const link = this.#link;
    const host = this.#host;
    this.#membership = host.localPort.join({
      link,
      host,
      openListener: (events) => openListener(this.#properties.local, host, events),
      isConnected: () => link.connectedSince !== undefined,
      load: () => this.#streams.size + this.#dials.load,
      listening: () => this.#listening(),
      take: (connection) => this.#take(connection),
      crowded: () => undefined,
      probe: (done) => this.#probe(done),
    });
  }

  receive(payloadType: number, payload: Buffer): boolean {
    if (this.#state === 'closed') return true;
    if (this.#state === 'starting') return false;
    switch (classifyPayload(payloadType, payload, this.#link, this.#host.logger)) {
      case 'output':
        this.#receiveOutput(payload);
        break;
      // The FIN that comes with it closes the connection, and shows whose it is.
      case 'destination-failed':
        this.#dialFailed();
        break;
      case 'other':
        break;
    }
    return true;
  }

  next(): OutgoingMessage | undefined {
    const payload = this.#state === 'closed' ? undefined : this.#scheduler.next();
    return payload && { payloadType: PayloadType.Output, payload };
  }

  signal(signal: SessionSignal): void {
    endOnSignal(signal, this.#link);
  }

  finish(): Promise<void> {
    this.#stop();
    for (const stream of this.#streams.values()) stream.finish();
    return this.#delivery.finished();
  }

  close(): void {
    this.#stop();
    for (const stream of this.#streams.values()) stream.destroy();
    this.#streams.clear();
    this.#delivery.cancel();
  }

  #listening(): void {
    this.#state = 'listening';
    if (this.#properties.keepAlive) this.#startKeepAlive();
    this.#link.wake();
  }

  #startKeepAlive(): void {
    const { clock } = this.#host;
    this.#keepAlive = startKeepAlive(
      clock,
      (nop) => this.#schedule(nop),
      idleCountsFrom(clock, this.#link, () => this.#budget.paused),
      () => this.#fail(sessionFailures['agent-silent']()),
    );
  }

  #take(socket: LocalSocket): void {
    const link = this.#link;
    if (this.#nextId === FIRST_STREAM_ID) {
      const { wording } = this.#host.presentation;
      link.print(wording.connectionAccepted('multiplexed', link.sessionId));
    }
    const id = this.#takeId();
    const { clock, hasPeerClosed } = this.#host;
    const context = { clock, link, budget: this.#budget, hasPeerClosed };
    const stream = new MuxStream(id, socket, context, {
      ready: (source) => this.#schedule(source),
      closed: (isKnown) => {
        this.#streams.delete(id);
        if (!isKnown) this.#dials.withdrawn(id);
      },
    });
    this.#streams.set(id, stream);
    this.#dials.opened(id);
    this.#schedule(stream);
    reportRequested(link, this.#host, socket);
  }

  #probe(done: (result: ProbeResult) => void): void {
    const id = this.#takeId();
    this.#dials.opened(id);
    this.#schedule(this.#probes.open(id, done));
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId = (id + STREAM_ID_STEP) % STREAM_ID_RANGE;
    return id;
  }

  #schedule(source: UploadSource): void {
    if (this.#state === 'closed') return;
    this.#scheduler.ready(source);
    this.#link.wake();
  }

  #receiveOutput(payload: Buffer): void {
    this.#keepAlive?.received();
    try {
      this.#decoder.push(payload, (frame) => this.#receiveFrame(frame));
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      this.#fail(sessionFailures['agent-data-invalid'](error.message));
    }
  }

  #receiveFrame(frame: SmuxFrame): void {
    switch (frame.command) {
      case SmuxCommand.Push:
        this.#dials.answered(frame.streamId);
        this.#probes.received(frame.streamId);
        this.#answered(frame.streamId, 'bytes')?.receiveData(frame.data);
        break;
      case SmuxCommand.Fin:
        this.#dials.answered(frame.streamId);
        this.#streamEnded(frame.streamId);
        break;
      // The agent never opens streams.
      case SmuxCommand.Syn:
      case SmuxCommand.Nop:
        break;
    }
  }

  /** The agent reports a failed dial by a flag, and then ends its stream: the first one that had no bytes. */
  #answered(streamId: number, by: 'bytes' | 'end'): MuxStream | undefined {
    const stream = this.#streams.get(streamId);
    if (stream?.isAnswered === true) return stream;
    const failure = by === 'end' ? this.#failedDials.shift() : undefined;
    if (failure === 'unreported') reportDestinationFailed(this.#link, this.#host);
    if (stream === undefined) return undefined;
    stream.isAnswered = true;
    const connection = stream.socket;
    const { onEvent } = this.#host.presentation;
    onEvent?.({ kind: 'answered', connection, by: failure === undefined ? by : 'failure' });
    return stream;
  }

  #dialFailed(): void {
    if (this.#probes.size > 0) {
      this.#failedDials.push('unreported');
      return;
    }
    this.#failedDials.push('reported');
    reportDestinationFailed(this.#link, this.#host);
  }

  #streamEnded(id: number): void {
    const result = (): ProbeResult =>
      this.#failedDials.shift() === undefined ? 'connected' : 'refused';
    if (!this.#probes.ended(id, result)) this.#answered(id, 'end')?.finish();
  }

  #fail(failure: SessionFailure): void {
    this.#state = 'closed';
    this.#host.logger.error(failure.problem);
    this.#link.end({ kind: 'fail', failure });
  }

  #stop(): void {
    this.#state = 'closed';
    this.#membership?.leave();
    this.#keepAlive?.cancel();
  }
}
