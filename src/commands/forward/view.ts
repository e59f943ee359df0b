import { createPortView, titleOf, type ViewContext } from '../../cli/live-view/port-view.ts';
import type { ForwardedPort, PortChange } from '../../cli/ports/forwarded-port.ts';
import type { ForwardDisplay } from './display.ts';
import { createLineReporter } from './line-reporter.ts';

/**
 * Shows the current state of each port on stderr, a terminal. Messages are lines above the view that
 * stay: until the view ends, the messages of the command go through it.
 */
export function createForwardView(context: ViewContext, target: string): ForwardDisplay {
  let first: ForwardedPort | undefined;
  const current = (): string => first?.target ?? target;
  const view = createPortView(context, {
    title: (cols) => titleOf('Forwarding to ', current(), cols),
    endTitle: () => `Forwarded to ${current()}`,
    columns: 'ports',
    isShown: () => true,
  });
  return {
    follow(port) {
      first ??= port;
      view.add(port);
      const report = createLineReporter(target, port, (line) => view.writeLine(line));
      return (change) => {
        if (!isShownInRow(change)) report(change);
        view.changed();
      };
    },
    end: () => view.end(),
  };
}

/** Whether the row of the port shows the change, so that it needs no line of its own. */
function isShownInRow(change: PortChange): boolean {
  switch (change.kind) {
    case 'refused':
    case 'destination-failed':
    case 'reconnecting':
    case 'reconnected':
      return false;
    case 'listening':
    case 'connected':
    case 'disconnected':
    case 'ready':
    case 'sessions':
    case 'session-failed':
    case 'failed':
    case 'ended':
      return true;
    // The row shows what follows, but not the reason.
    case 'starting':
    case 'idle':
    case 'pausing':
      return change.failure === undefined;
    case 'checked':
      return change.result === 'answers';
  }
}
