import type {
  PortStateName,
  PortStatus,
  ReportedError,
} from '../../../cli/background/connection-status.ts';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { acceptsText } from '../../../lib/buffered-text.ts';
import type { ForwardDisplay } from '../display.ts';
import {
  failureIn,
  type ForwardedPort,
  type PortChange,
} from '../../../cli/ports/forwarded-port.ts';
import { endsOf } from '../../../cli/ports/port-ends.ts';
import { createLineReporter } from '../line-reporter.ts';
import type { ProcessReport } from '../../../cli/background/process-report.ts';

/** How often bytes are reported that change without anything else. */
const TRAFFIC_REPORT_MS = 1_000;

/** A port, and what its last change was about. */
interface Reported {
  readonly index: number;
  readonly port: ForwardedPort;
  since: number;
  error: ReportedError | null;
  /** The last report. */
  last: string;
}

/** Reports ports, and keeps what they failed with. */
export interface PortReports extends ForwardDisplay {
  /** Why the last port that failed did. */
  lastError(): ReportedError | undefined;
}

/**
 * Reports the ports of a connection to the supervisor: each after a change, and once a second while bytes pass. Messages
 * for people go to stderr.
 */
export function createPortReports(
  { clock, output }: Pick<CommandContext, 'clock' | 'output'>,
  target: string,
  report: (line: ProcessReport) => void,
): PortReports {
  const all: Reported[] = [];
  let lastError: ReportedError | undefined;
  const send = (one: Reported): void => {
    const port = statusOf(one, target, clock);
    const line = JSON.stringify(port);
    // What is not read now is reported later: a report has everything.
    if (line === one.last || !acceptsText(output.stdout)) return;
    one.last = line;
    report({ report: 'port', index: one.index, port });
  };
  const ticks = clock.every(TRAFFIC_REPORT_MS, () => {
    for (const one of all) send(one);
  });
  return {
    follow(port) {
      const one: Reported = { index: all.length, port, since: clock.now(), error: null, last: '' };
      all.push(one);
      const reportLine = createLineReporter(target, port, (line) => output.notify(line));
      let { kind } = port.state;
      let hasFailed = false;
      send(one);
      return (change) => {
        if (port.state.kind !== kind) one.since = clock.now();
        ({ kind } = port.state);
        lastError = errorIn(change) ?? lastError;
        one.error = errorIn(change) ?? one.error;
        // That a destination answers is expected, unless it did not before.
        if (change.kind !== 'checked' || change.result !== 'answers' || hasFailed) {
          reportLine(change);
        }
        if (change.kind === 'checked') hasFailed = change.result !== 'answers';
        send(one);
      };
    },
    lastError: () => lastError,
    end() {
      ticks.cancel();
      for (const one of all) send(one);
    },
  };
}

function errorIn(change: PortChange): ReportedError | undefined {
  switch (change.kind) {
    case 'failed':
    case 'session-failed':
      return failureIn(change);
    case 'starting':
    case 'idle':
    case 'pausing':
      return change.failure;
    default:
      return undefined;
  }
}

function statusOf(
  { port, since, error }: Reported,
  target: string,
  clock: CommandContext['clock'],
): PortStatus {
  const { state, sessions, open, connections, sent, received } = port;
  return {
    ...endsOf(port),
    target: port.target ?? target,
    state: stateOf(state.kind, error),
    since,
    until:
      state.kind === 'pausing' ? Math.round(clock.now() + state.until - clock.monotonic()) : null,
    checked: port.destination ?? null,
    sessions: { up: sessions.of > 1 ? sessions.up : upAlone(state.kind), of: sessions.of },
    open: open.size,
    ...{ connections, sent, received, error },
  };
}

/** Of a port with one session, whose changes are not counted. */
function upAlone(state: ForwardedPort['state']['kind']): number {
  return state === 'listening' ? 1 : 0;
}

function stateOf(
  state: ForwardedPort['state']['kind'],
  error: ReportedError | null,
): PortStateName {
  const waits = state === 'idle' || state === 'pausing';
  return waits && error?.reason === 'expired-credentials' ? 'sign-in-expired' : state;
}
