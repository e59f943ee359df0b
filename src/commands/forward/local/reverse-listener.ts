import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { reverseText, type Forward, type ReverseForward } from '../../../cli/ports/forward.ts';
import { tunnelFailures } from '../../../failures/tunnels.ts';
import { relayText } from '../../../cli/tunnel/relay-text.ts';
import type { StreamReset } from '../../../relay/protocol/stream.ts';
import type { AcceptedStream } from '../../../relay/protocol/tunnel-run.ts';
import type { SessionFailure } from '../../../session/ending.ts';
import type { LocalSocket } from '../../../session/port/connection/local-socket.ts';
import type { Listener, ListenerEvents } from '../../../session/port/listen/listener.ts';
import type { PortListener, ReverseEnd } from '../sessions/port-session.ts';
import { createLocalDials, type LocalDials } from './local-dials.ts';

/**
 * A port of the target. Each connection there becomes one to the local destination of the port, and to nothing else.
 *
 * @param warn - takes a sentence about the port
 */
export function createReverseListener(
  { clock }: Pick<CommandContext, 'clock'>,
  forward: Forward,
  relayed: ReverseForward,
  warn: (text: string) => void,
): Pick<PortListener, 'open' | 'reverse'> {
  const listener = new ReverseListener(
    { forward, address: relayed.address, warn },
    createLocalDials(clock, relayed.to),
  );
  return { open: (events) => listener.open(events), reverse: listener };
}

interface ReversePlace {
  readonly forward: Forward;
  readonly address: string;
  readonly warn: (text: string) => void;
}

class ReverseListener implements ReverseEnd {
  readonly #place: ReversePlace;
  readonly #dials: LocalDials;
  /** Connections here that no session has taken so far. */
  readonly #accepted = new Map<LocalSocket, AcceptedStream>();
  #events: ListenerEvents | undefined;
  /** That of the target, once it listens. */
  #port: number;

  constructor(place: ReversePlace, dials: LocalDials) {
    this.#place = place;
    this.#dials = dials;
    this.#port = Number(place.forward.port);
  }

  open(events: ListenerEvents): Listener {
    this.#events = events;
    // The first tunnel listens already.
    queueMicrotask(() => this.#reportListening());
    return { close: () => this.#close() };
  }

  listenThrough(...[tunnel, events]: Parameters<ReverseEnd['listenThrough']>): () => void {
    const { address } = this.#place;
    const failed = (reset: StreamReset): void => {
      if (reset.code !== 'lost') events.failed(failureFor(reset, this.#port, address));
    };
    const stream = tunnel.listen(
      { address, port: this.#port },
      {
        opened: (port) => {
          this.#port = port;
          events.opened();
        },
        data: () => undefined,
        end: () => undefined,
        reset: failed,
        drain: () => undefined,
      },
      (accepted) => this.#dial(accepted, events.unreachable),
    );
    if (stream === undefined) failed({ code: 'limit', text: '' });
    return () => stream?.end();
  }

  accepted(connection: LocalSocket): AcceptedStream | undefined {
    const accepted = this.#accepted.get(connection);
    this.#accepted.delete(connection);
    return accepted;
  }

  #dial(accepted: AcceptedStream, unreachable: () => void): void {
    this.#dials.dial({
      connected: (socket) => {
        this.#accepted.set(socket, accepted);
        socket.once('close', () => {
          if (this.#accepted.delete(socket)) accepted.stream.reset('limit');
        });
        if (this.#events === undefined) socket.destroy();
        else this.#events.connection(socket);
      },
      failed(code) {
        accepted.stream.reset(code);
        if (code !== 'closed') unreachable();
      },
    });
  }

  #reportListening(): void {
    const { forward, address, warn } = this.#place;
    if (this.#events === undefined) return;
    this.#events.listening({ kind: 'tcp', port: this.#port, addresses: [address] });
    if (isLoopback(address)) return;
    const here = reverseText(forward) ?? '';
    warn(
      `Warning: port ${this.#port} of the target listens on ${address}: other machines can connect to ${here} through this machine.`,
    );
  }

  #close(): void {
    this.#events = undefined;
    this.#dials.close();
    for (const socket of this.#accepted.keys()) socket.destroy();
  }
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}

/** Why the target does not listen. */
function failureFor({ code, text }: StreamReset, port: number, address: string): SessionFailure {
  const { 'remote-port-in-use': inUse, 'remote-port-denied': denied } = tunnelFailures;
  if (code === 'in-use') return inUse(port, address);
  if (code === 'denied') return denied(port);
  const why = relayText(text === '' ? code : text);
  return tunnelFailures['remote-listen-failed'](port, address, why);
}
