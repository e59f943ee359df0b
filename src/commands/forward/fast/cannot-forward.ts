import { localPathOf, remoteText, type Forward } from '../../../cli/ports/forward.ts';
import { tunnelFailures } from '../../../failures/tunnels.ts';
import { printable } from '../../../lib/printable.ts';
import { failedAs, type FailedOutcome } from '../sessions/next-step.ts';

/** How a port ends that only a relay can forward, where there is none. */
export function cannotForward(forward: Forward): FailedOutcome {
  const what =
    forward.relayed?.kind === 'reverse'
      ? `port ${forward.port} of the target to this machine`
      : (localPathOf(forward) ?? remoteText(forward));
  return failedAs('input', tunnelFailures['tunnel-needed'](printable(what)));
}
