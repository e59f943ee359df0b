import type { ConnectionStatus, PortStatus } from '../../cli/background/connection-status.ts';
import { localText } from '../../cli/background/show-status.ts';
import {
  createPortView,
  titleOf,
  type ViewContext,
  type ViewPort,
} from '../../cli/live-view/port-view.ts';
import type { PortState } from '../../cli/ports/forwarded-port.ts';
import { forwardOf } from '../../cli/ports/port-ends.ts';
import type { Clock } from '../../lib/clock.ts';

/** The connections of one `up` in a terminal. */
export interface UpView {
  /** A connection has changed. */
  show(connection: ConnectionStatus): void;
  /** Shows the last frame. */
  end(): void;
}

type ShownPort = { -readonly [Member in keyof ViewPort]: ViewPort[Member] } & {
  /** What its last line was about. */
  shownError: string | undefined;
};

/** Rows of the ports, as those of `forward`, and above them a line for each new error. */
export function createUpView(context: ViewContext, names: readonly string[]): UpView {
  const { clock } = context;
  const view = createPortView(context, {
    title: (cols) => titleOf('Forwarding ', names.join(', '), cols),
    endTitle: () => `Forwarded ${names.join(', ')}`,
    columns: 'ports',
    isShown: () => true,
  });
  const ports = new Map<string, ShownPort>();
  return {
    show({ name, ports: statuses }) {
      for (const [index, status] of statuses.entries()) {
        const key = `${name} ${index}`;
        const known = ports.get(key);
        const shown = known ?? { ...portOf(status, clock), shownError: undefined };
        ports.set(key, shown);
        Object.assign(shown, portOf(status, clock));
        if (known === undefined) view.add(shown);
        const message = status.error?.message;
        if (message !== undefined && message !== shown.shownError) {
          view.writeLine(`${name} (${localText(status)}): ${message}`);
        }
        shown.shownError = message;
      }
      view.changed();
    },
    end: () => view.end(),
  };
}

function portOf(status: PortStatus, clock: Clock): ViewPort {
  const { local, sessions, open, connections, sent, received } = status;
  return {
    forward: forwardOf(status),
    local: { address: local.address ?? undefined, port: local.port },
    state: stateOf(status, clock),
    destination: status.checked ?? undefined,
    sessions: { up: sessions.up, starting: 0, of: sessions.of },
    open: { size: open },
    ...{ connections, sent, received },
  };
}

/** Times of the supervisor are those of the clock on the wall. */
function stateOf({ state, since, until }: PortStatus, clock: Clock): PortState {
  const monotonic = (time: number): number => clock.monotonic() + time - clock.now();
  switch (state) {
    case 'reconnecting':
      return { kind: 'reconnecting', since: monotonic(since) };
    case 'pausing':
    case 'sign-in-expired':
      return until === null ? { kind: 'idle' } : { kind: 'pausing', until: monotonic(until) };
    default:
      return { kind: state };
  }
}
