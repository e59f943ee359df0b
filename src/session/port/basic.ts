import type { Timer } from '../../lib/clock.ts';
import { encodeFlag, Flag } from '../../protocol/flag.ts';
import { PayloadType } from '../../protocol/payload-type.ts';
import {
  OUTPUT_PAYLOAD_BYTES,
  type OutgoingMessage,
  type SessionLink,
  type SessionSignal,
  type SessionType,
} from '../session-type.ts';
import { classifyPayload, reportDestinationFailed, reportRequested } from './agent-messages.ts';
import { BASIC_TRANSITIONS, type BasicEvent, type BasicState } from './basic-state.ts';
import { createDelivery, type Delivery } from './connection/delivery.ts';
import { LocalConnection } from './connection/local-connection.ts';
import type { LocalSocket } from './connection/local-socket.ts';
import { createReceiveBudget, type ReceiveBudget } from './connection/receive-budget.ts';
import { createEarlyBytes } from './early-bytes.ts';
import { openListener } from './listen/listener.ts';
import type { ProbeResult } from './listen/choose-session.ts';
import type { Membership } from './listen/local-port.ts';
import type { PortHost } from './port-host.ts';
import { endOnSignal } from './port-signals.ts';
import type { LocalEndpoint, PortProperties } from './properties.ts';

/**
 * The agent connects to the destination when the session begins, and ends it when it cannot, without a word in between
 * (docs/design/agent.md#ports). A session that goes on for this time has a connection: names and ports that refuse are
 * known by then.
 */
const BASIC_DIAL_MS = 5_000;

/**
 * A forwarded port for agents without smux: raw bytes, one local connection at a time
 * (docs/design/protocol.md#basic-ports). Other connections wait in the local port until it has ended.
 */
export function createBasicSession(
  properties: Extract<PortProperties, { kind: 'basic' }>,
  link: SessionLink,
  host: PortHost,
): SessionType {
  return new BasicSession(properties.local, link, host);
}

class BasicSession implements SessionType {
  readonly stdout = 'text';
  readonly exitStatus = undefined;
  readonly #local: LocalEndpoint;
  readonly #link: SessionLink;
  readonly #host: PortHost;
  readonly #budget: ReceiveBudget;
  readonly #delivery: Delivery;
  readonly #early = createEarlyBytes();
  /** Includes those that have ended and still receive bytes. */
  readonly #connections = new Set<LocalConnection>();
  #state: BasicState = 'starting';
  #membership: Membership | undefined;
  /** The connection whose bytes are sent. */
  #current: LocalConnection | undefined;
  /** Its socket, until something comes of the destination. */
  #unanswered: LocalSocket | undefined;
  /** Runs while the first connection of the agent may fail. */
  #probing: Timer | undefined;

  constructor(local: LocalEndpoint, link: SessionLink, host: PortHost) {
    this.#local = local;
    this.#link = link;
    this.#host = host;
    this.#budget = createReceiveBudget(link);
    this.#delivery = createDelivery(this.#budget, host.clock);
  }

  start(): void {
    const link = this.#link;
    const host = this.#host;
    this.#membership = host.localPort.join({
      link,
      host,
      openListener: (events) => openListener(this.#local, host, events),
      isConnected: () => link.connectedSince !== undefined,
      load: () => (this.#state === 'unused' || this.#state === 'idle' ? 0 : undefined),
      listening: () => {
        this.#dispatch('listening');
        link.wake();
      },
      take: (connection) => this.#take(connection),
      crowded: () => this.#current?.shortenFinDelay(),
      probe: (done) => this.#probe(done),
    });
  }

  receive(payloadType: number, payload: Buffer): boolean {
    if (this.#state === 'closed') return true;
    if (this.#state === 'starting') return false;
    switch (classifyPayload(payloadType, payload, this.#link, this.#host.logger)) {
      case 'output':
        return this.#receiveOutput(payload);
      case 'destination-failed':
        reportDestinationFailed(this.#link, this.#host);
        if (this.#state === 'connected') {
          this.#answered('failure');
          this.#current?.finish();
        }
        return true;
      case 'other':
        return true;
    }
  }

  next(): OutgoingMessage | undefined {
    const connection = this.#current;
    if (this.#state === 'closed' || connection === undefined) return undefined;
    const payload = connection.take(OUTPUT_PAYLOAD_BYTES);
    if (payload !== undefined) {
      this.#dispatch('bytes-sent');
      return { payloadType: PayloadType.Output, payload };
    }
    return connection.sendingEnded ? this.#disconnect(connection) : undefined;
  }

  connectionChanged(): void {
    this.#membership?.changed();
  }

  signal(signal: SessionSignal): void {
    endOnSignal(signal, this.#link);
  }

  finish(): Promise<void> {
    this.#stop();
    for (const connection of this.#connections) connection.finish();
    return this.#delivery.finished();
  }

  close(): void {
    this.#stop();
    for (const connection of this.#connections) connection.destroy();
    this.#connections.clear();
    this.#delivery.cancel();
  }

  /** Later ones are made by the first bytes of a program: nothing is known of them before. */
  #probe(done: (result: ProbeResult) => void): void {
    if (this.#state !== 'unused') return;
    this.#probing = this.#host.clock.after(BASIC_DIAL_MS, () => done('connected'));
  }

  #dispatch(event: BasicEvent): void {
    this.#state = BASIC_TRANSITIONS[this.#state][event];
  }

  #take(socket: LocalSocket): void {
    const isFirst = this.#state === 'unused';
    this.#dispatch('program-connected');
    const connection = this.#serve(socket);
    this.#unanswered = socket;
    reportRequested(this.#link, this.#host, socket);
    if (!isFirst) return;
    const { wording } = this.#host.presentation;
    this.#link.print(wording.connectionAccepted('basic', this.#link.sessionId));
    const early = this.#early.take();
    if (early === undefined) return;
    this.#answered('bytes');
    connection.deliver(early);
  }

  #serve(socket: LocalSocket): LocalConnection {
    const { clock, hasPeerClosed } = this.#host;
    const link = this.#link;
    const connection = new LocalConnection(
      socket,
      { clock, link, budget: this.#budget, hasPeerClosed },
      {
        bytes: () => link.wake(),
        sendingEnded: () => {
          if (connection === this.#current) link.wake();
        },
        closed: () => void this.#connections.delete(connection),
      },
    );
    this.#connections.add(connection);
    this.#current = connection;
    return connection;
  }

  #disconnect(connection: LocalConnection): OutgoingMessage {
    this.#dispatch('disconnect-sent');
    this.#current = undefined;
    connection.finish();
    // The flag goes out after this call.
    queueMicrotask(() =>
      this.#link.whenAcknowledged(() => {
        this.#dispatch('disconnect-acknowledged');
        this.#membership?.changed();
      }),
    );
    return { payloadType: PayloadType.Flag, payload: encodeFlag(Flag.DisconnectToPort) };
  }

  /** Returns false when the agent must keep the bytes, and send them again. */
  #receiveOutput(payload: Buffer): boolean {
    if (this.#state === 'unused') return this.#early.keep(payload);
    if (this.#current !== undefined && this.#state === 'connected') {
      this.#answered('bytes');
      this.#current.deliver(payload);
    } else
      this.#host.logger.debug(`dropped ${payload.length} bytes for a connection that has ended`);
    return true;
  }

  #answered(by: 'bytes' | 'failure'): void {
    const connection = this.#unanswered;
    this.#unanswered = undefined;
    if (connection === undefined) return;
    this.#host.presentation.onEvent?.({ kind: 'answered', connection, by });
  }

  #stop(): void {
    this.#dispatch('close');
    this.#probing?.cancel();
    this.#membership?.leave();
  }
}
