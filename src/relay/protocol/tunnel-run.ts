import type { Credit, CreditPace } from './credit.ts';
import {
  createStream,
  type MuxStream,
  type StreamBeginning,
  type StreamHandlers,
  type StreamHost,
  type TunnelStream,
} from './stream.ts';
import type { WindowBudget } from './window-budget.ts';

/** A connection that a listener on the target has accepted. */
export interface AcceptedStream {
  readonly stream: TunnelStream;
  /** The address of the peer; not trusted. */
  readonly peer: string;
  /**
   * Begins to receive. Without it the stream must be reset.
   *
   * @returns the stream; undefined when it was reset in the meantime, which is not reported to the handlers
   */
  accept(handlers: StreamHandlers): TunnelStream | undefined;
}

/** What a tunnel needs. */
export interface TunnelHost {
  /** 16 random bytes. */
  readonly nonce: Buffer;
  /** Monotonic, in milliseconds. */
  now(): number;
  /** How fast the relay may send. */
  readonly pace: CreditPace;
  /** {@link Tunnel.next} has something to send. Called often. */
  wake(): void;
  /** The relay has answered. @param name - language and version; foreign */
  ready(name: string): void;
  ponged(token: Buffer): void;
  /** The relay has broken the protocol, or has reported that it ends. All streams were reset before. */
  failed(error: Error): void;
}

/** What the functions of a tunnel share. */
export interface TunnelRun {
  readonly host: TunnelHost;
  readonly budget: WindowBudget;
  readonly credit: Credit;
  readonly streams: Map<number, MuxStream>;
  readonly listeners: Map<number, (accepted: AcceptedStream) => void>;
  /** Streams with something to send, in the order of their turns. */
  readonly turns: Set<MuxStream>;
  readonly streamHost: StreamHost;
  /** Frames without data. */
  control: Buffer[];
  state: 'starting' | 'ready' | 'closed';
  highestOwn: number;
  highestAccepted: number;
  maxStreams: number;
}

/** Sends a frame without data. */
export function send(run: TunnelRun, frame: Buffer): void {
  if (run.state === 'closed') return;
  run.control.push(frame);
  run.host.wake();
}

export function addStream(
  run: TunnelRun,
  beginning: StreamBeginning,
  handlers: StreamHandlers,
): MuxStream {
  const mux = createStream(beginning, run.streamHost, handlers);
  run.streams.set(beginning.id, mux);
  return mux;
}
