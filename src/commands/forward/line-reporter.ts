import type { Traffic } from '../../session/port/port-event.ts';
import { refusedWarning } from '../../session/port/port-texts.ts';
import { printable } from '../../lib/printable.ts';
import {
  portName,
  type CheckResult,
  type ForwardedPort,
  type PortChange,
  type PortFailure,
} from '../../cli/ports/forwarded-port.ts';
import { remoteText, reverseText, type Forward } from '../../cli/ports/forward.ts';
import { quantity } from '../../cli/output/quantity.ts';

const MS_PER_SECOND = 1_000;

/**
 * Reports the changes of one forwarded port, a line each. The port has recorded the change before. Its
 * session reports why it could not be forwarded, or why it ended.
 *
 * @param print - takes a line without its line break
 */
export function createLineReporter(
  target: string,
  port: ForwardedPort,
  print: (line: string) => void,
): (change: PortChange) => void {
  const { forward } = port;
  let current = target;
  return (change) => {
    const name = portName(port);
    const before = current;
    current = port.target ?? target;
    const destination = destinationOf(forward, current);
    switch (change.kind) {
      case 'listening':
        print(`${name} forwards to ${destination}`);
        break;
      case 'connected':
        print(`${name}: connection opened, ${change.open} open`);
        break;
      case 'disconnected':
        print(`${name}: connection closed, ${change.open} open, ${amounts(change.traffic)}`);
        break;
      case 'refused':
        print(`${name}: ${refusedWarning(change)}`);
        break;
      case 'destination-failed':
        print(`${name}: ${connector(forward, current)} cannot connect to ${destination}`);
        break;
      case 'reconnecting':
        print(`${name}: connection lost, reconnecting…`);
        break;
      case 'reconnected':
        print(`${name}: reconnected`);
        break;
      case 'starting':
        print(`${name}: ${after(change, 'starting a session')}`);
        break;
      case 'idle':
        print(`${name}: ${after(change, 'the next connection starts a session')}`);
        break;
      case 'pausing':
        print(`${name}: ${after(change, `trying again in ${seconds(change.pauseMs)} s`)}`);
        break;
      case 'ready': {
        const through =
          forward.host !== undefined && current !== before ? ` through ${current}` : '';
        print(`${name} forwards to ${destination} again${through}`);
        break;
      }
      case 'sessions':
      case 'session-failed': {
        const { up, of } = change.sessions;
        const line = sessionsLine(change);
        if (line !== undefined) print(`${name}: ${line}${up} of ${of} sessions are up`);
        break;
      }
      case 'checked':
        print(`${name}: ${checkText(change.result, destination, current)}`);
        break;
      case 'ended':
        print(`${name}: no longer forwarded`);
        break;
      case 'failed':
        break;
    }
  };
}

function destinationOf(forward: Forward, target: string): string {
  const here = reverseText(forward);
  if (here !== undefined) return printable(here);
  const text = printable(remoteText(forward));
  return forward.host === undefined ? `${text} of ${target}` : text;
}

/** Who connects to the destination. */
function connector({ relayed }: Forward, target: string): string {
  return relayed?.kind === 'reverse' ? 'this machine' : target;
}

function checkText(result: CheckResult, destination: string, target: string): string {
  switch (result) {
    case 'answers':
      return `${destination} answers`;
    case 'refused':
      return `${target} cannot connect to ${destination}`;
    case 'silent':
      return `${destination} does not answer`;
  }
}

/** What happens now, after the reason for it. */
function after({ failure }: { readonly failure: PortFailure | undefined }, text: string): string {
  if (failure === undefined) return text;
  const reason = failure.message.replaceAll('\n', ' ');
  return `${reason} ${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function seconds(milliseconds: number): number {
  return Math.max(1, Math.round(milliseconds / MS_PER_SECOND));
}

/** @returns the beginning of a line; undefined where more sessions are about to change */
function sessionsLine(
  change: Extract<PortChange, { readonly kind: 'sessions' | 'session-failed' }>,
): string | undefined {
  if (change.kind === 'sessions') {
    if (change.because === 'lost') return 'a session has lost its connection, ';
    if (change.because === 'resumed') return 'a session is reconnected, ';
  }
  return change.sessions.starting === 0 ? '' : undefined;
}

function amounts({ sent, received }: Traffic): string {
  return `${quantity(sent)} sent, ${quantity(received)} received`;
}
