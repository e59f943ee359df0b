import { EventEmitter, setMaxListeners } from 'node:events';
import type { Command } from 'commander';
import { isAwsError } from '../../aws/aws-error.ts';
import type { SessionRequest } from '../../aws/fleet.ts';
import type { CommandContext } from './command-context.ts';
import { examples } from './command-line.ts';
import { tellForwardState } from './forward-state.ts';
import { openSession } from './open-session.ts';
import { parseForward, type Forward } from './parse-forward.ts';
import { resolveTarget } from './resolve-target.ts';

const TO_TARGET = 'AWS-StartPortForwardingSession';
const TO_REMOTE_HOST = 'AWS-StartPortForwardingSessionToRemoteHost';
const EXIT_OWN_FAILURE = 255;

/** `forward TARGET PORT…`: ports of this machine that lead to the target, or from there on. */
export function registerForward(program: Command, context: CommandContext): void {
  program
    .command('forward')
    .summary('ports of this machine that lead to a target, or to hosts it can reach')
    .description(
      'Listens on ports of this machine that lead to a target, or to hosts it can reach. ' +
        'Each has a session of its own; Ctrl-C ends them all. Without LOCAL the local port has the ' +
        'same number, and with 0 the system chooses one.',
    )
    .argument('<target>', 'where the ports lead to, or through')
    .argument('<ports...>', '[LOCAL:]PORT or [LOCAL:]HOST:PORT', parseForward)
    .option('--reason <text>', 'why, for the history of sessions')
    .addHelpText(
      'after',
      examples(
        'forward i-0123456789abcdef0 8080:80',
        'forward i-0123456789abcdef0 5432:db.internal:5432 6379:cache.internal:6379',
      ),
    )
    .action(
      async (
        targetText: string,
        forwards: readonly Forward[],
        { reason }: { readonly reason?: string },
      ) => {
        const target = await resolveTarget(context, targetText);
        // Each session listens for signals, and to errors of the streams.
        const streams = [process, process.stdout, process.stderr];
        setMaxListeners(EventEmitter.defaultMaxListeners + forwards.length, ...streams);
        const statuses = await Promise.all(
          forwards.map((forward) => openForward(context, target, forward, reason)),
        );
        context.exitWith(statuses.find((status) => status !== 0) ?? 0);
      },
    );
}

/** One port: when it cannot be forwarded, that is said at once, and the others go on. */
async function openForward(
  context: CommandContext,
  target: string,
  forward: Forward,
  reason: string | undefined,
): Promise<number> {
  const request: SessionRequest = {
    target,
    documentName: forward.host === undefined ? TO_TARGET : TO_REMOTE_HOST,
    parameters: {
      ...(forward.host === undefined ? {} : { host: [forward.host] }),
      portNumber: [forward.port],
      localPortNumber: [forward.localPort],
    },
    ...(reason === undefined ? {} : { reason }),
  };
  const onEvent = tellForwardState(target, forward, (line) => context.say(line));
  try {
    return await openSession(context, request, { texts: 'nowhere', onEvent });
  } catch (error) {
    if (!isAwsError(error)) throw error;
    context.complain(error);
    return EXIT_OWN_FAILURE;
  }
}
