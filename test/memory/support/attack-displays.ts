import type { ViewContext } from '../../../src/cli/live-view/port-view.ts';
import { createForwardView } from '../../../src/commands/forward/view.ts';
import { showEvents } from '../../../src/commands/forward/display.ts';
import { createForwardedPort } from '../../../src/cli/ports/forwarded-port.ts';
import type { PrintedText } from '../../../src/cli/framework/command-context.ts';
import { createWaits } from '../../../src/cli/progress/waits.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import type { SessionEvent } from '../../../src/session/session-event.ts';
import { stuckStream } from './attacked-session.ts';

const TARGET = 'i-0123456789abcdef0';

/** Shows events in the view and as lines of JSON, on streams of which nothing is taken. */
export function attackDisplays(): (event: SessionEvent) => void {
  const stderr = stuckStream();
  const stdout = stuckStream();
  const context: ViewContext = {
    clock: systemClock,
    options: { color: false },
    output: { stderr, divertMessages: () => undefined },
    terminal: {
      window: { size: () => ({ cols: 80, rows: 24 }), onResize: () => () => undefined },
    },
    waits: createWaits(systemClock, () => undefined),
  };
  const print = (text: PrintedText): Promise<void> => {
    stdout.write(typeof text === 'string' ? text : '');
    return Promise.resolve();
  };
  const displays = [
    createForwardView(context, TARGET),
    showEvents(systemClock, { stdout, print }, TARGET),
  ];
  const port = createForwardedPort({ localPort: '0', host: undefined, port: '80' });
  const listeners = displays.map((display) => display.follow(port));
  return (event) => {
    switch (event.kind) {
      case 'session-ending':
      case 'session-ended':
      case 'joined':
      case 'left':
      case 'requested':
      case 'answered':
        return;
      default:
        port.take(event);
        for (const tell of listeners) tell(event);
    }
  };
}
