import type { FailureReason } from '../../cli/run/json-failures.ts';
import { sessionFailures } from '../../failures/session.ts';
import { messageOf } from '../../lib/errors/failure.ts';
import type { SessionFailure } from '../../session/ending.ts';
import { EventEmitter, setMaxListeners } from 'node:events';
import type { Command } from 'commander';
import { isAwsError } from '../../aws/sdk/aws-error.ts';
import type { SessionRequest } from '../../aws/aws.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { EXIT_OWN_FAILURE } from '../../cli/framework/failure.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { chooseDisplay } from './display.ts';
import {
  createForwardedPort,
  namePortIn,
  type ForwardedPort,
  type PortChange,
} from './forwarded-port.ts';
import {
  parseFirstOperand,
  parseForward,
  sharedLocalPort,
  type FirstOperand,
  type Forward,
} from './parse-forward.ts';
import { openSession } from '../../cli/run/open-session.ts';
import { checkSettings } from '../../cli/run/prepare-session.ts';
import { resolveTarget } from '../../cli/target/resolve-target.ts';

const TO_TARGET = 'AWS-StartPortForwardingSession';
const TO_REMOTE_HOST = 'AWS-StartPortForwardingSessionToRemoteHost';

/** `forward [TARGET] PORT…`: ports of this machine, forwarded to the target or to hosts it can reach. */
export function configureForward(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Listens on local ports, and forwards each to a port of the target, or through the target to ' +
        'another host. Ctrl-C stops the forwarding of all ports.\n' +
        'LOCAL is the local port. If you leave it out, the local port is the same as PORT. If it is 0, the ' +
        'system picks a free port.\n' +
        'In a terminal, a table shows the connections, rates and totals of all ports. Elsewhere, each ' +
        'change is a line on stderr, or with --json a line of JSON on stdout.',
    )
    .usage('[options] [target] <ports...>')
    .argument(
      '[target]',
      'machine to forward to, or through: id, Name tag, private address or host name. If you leave it ' +
        'out, you pick it from a list. An argument that looks like a port is never a target.',
      parseFirstOperand,
    )
    .argument(
      '[ports...]',
      '[LOCAL:]PORT for a port of the target, or [LOCAL:]HOST:PORT for another host',
      parseForward,
    )
    .option('--reason <text>', 'note for the session history')
    .action(
      async (
        first: FirstOperand | undefined,
        rest: readonly Forward[] | undefined,
        { reason }: { readonly reason?: string },
      ) => {
        const forwards = [...(first?.kind === 'forward' ? [first.forward] : []), ...(rest ?? [])];
        if (forwards.length === 0)
          throw usageError(command, 'There is no port to forward.', [
            'Add one, for example: `session-manager-plugin forward web 8080:80`.',
          ]);
        const twice = sharedLocalPort(forwards);
        if (twice !== undefined) {
          throw usageError(command, `The local port ${twice} is used twice.`, [
            'Use another local port for one of them, or 0 to let the system pick one.',
          ]);
        }
        const named = first?.kind === 'target' ? first.text : undefined;
        const target = await resolveTarget(context, named);
        context.exitWith(await forwardAll(context, target, forwards, reason));
      },
    );
  return {
    examples: examples(
      'forward i-0123456789abcdef0 8080:80',
      'forward i-0123456789abcdef0 5432:db.internal:5432 6379:cache.internal:6379',
      'forward 8080:80',
      'forward i-0123456789abcdef0 0:80 --json',
    ),
  };
}

/** @returns the exit status: that of the first port that failed, or 0 */
async function forwardAll(
  context: CommandContext,
  target: string,
  forwards: readonly Forward[],
  reason: string | undefined,
): Promise<number> {
  // What is wrong for all ports is reported before the view appears.
  checkSettings(context);
  await (await context.aws.calls()).prepareCredentials();
  const display = await chooseDisplay(context, target);
  // Each session listens for signals, and to errors of the streams.
  const streams = [process, context.output.stdout, context.output.stderr, context.output.messages];
  setMaxListeners(EventEmitter.defaultMaxListeners + forwards.length, ...streams);
  const followed = forwards.map((forward) => {
    const port = createForwardedPort(forward);
    return { port, report: display.follow(port) };
  });
  try {
    const statuses = await Promise.all(
      followed.map(({ port, report }) =>
        openForward(context, requestFor(target, port.forward, reason), port, report),
      ),
    );
    return statuses.find((status) => status !== 0) ?? 0;
  } finally {
    display.end();
  }
}

function requestFor(
  target: string,
  { host, port, localPort }: Forward,
  reason: string | undefined,
): SessionRequest {
  return {
    target,
    documentName: host === undefined ? TO_TARGET : TO_REMOTE_HOST,
    parameters: {
      ...(host === undefined ? {} : { host: [host] }),
      portNumber: [port],
      localPortNumber: [localPort],
    },
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Forwards one port. A failure is reported at once, and the other ports continue. */
async function openForward(
  context: CommandContext,
  request: SessionRequest,
  port: ForwardedPort,
  report: (change: PortChange) => void,
): Promise<number> {
  let isClosed = false;
  let endFailure: SessionFailure | undefined;
  const take = (change: PortChange): void => {
    if (isClosed) return;
    port.take(change);
    report(change);
  };
  const nameInText = (text: string): string => namePortIn(port, text);
  /** Connections may have been closed by the end without a report so far. */
  const finish = (end: PortChange): void => {
    for (const traffic of [...port.open]) {
      take({ kind: 'disconnected', open: port.open.size - 1, traffic });
    }
    take(end);
    isClosed = true;
  };
  try {
    const status = await openSession(context, request, {
      texts: 'nowhere',
      ...(context.options.json ? { notices: 'nowhere' } : {}),
      nameInText,
      onEvent(event) {
        if (event.kind === 'session-ended') endFailure = event.failure;
        else take(event);
      },
    });
    // Any other status means that the user or a signal ended the session.
    finish(
      status === EXIT_OWN_FAILURE
        ? failedAs(
            'session',
            endFailure ?? sessionFailures['session-closed'](`exit status ${status}`),
          )
        : { kind: 'ended' },
    );
    return status;
  } catch (error) {
    if (!isAwsError(error)) throw error;
    context.output.reportError(error, nameInText);
    finish(failedAs(error.reason, error));
    return EXIT_OWN_FAILURE;
  }
}

function failedAs(reason: FailureReason, failure: SessionFailure): PortChange {
  return { kind: 'failed', reason, code: failure.code, message: messageOf(failure) };
}
