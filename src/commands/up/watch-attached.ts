import type { SupervisorCall } from '../../cli/background/call-supervisor.ts';
import { statusForPrograms } from '../../cli/background/show-status.ts';
import type { Job } from '../../cli/background/protocol.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { EXIT_OWN_FAILURE } from '../../cli/framework/failure.ts';
import { printableJson } from '../../lib/printable.ts';
import { canView } from '../../cli/live-view/can-view.ts';
import type { UpView } from './up-view.ts';
import { createUpState, lostSupervisor, type UpState } from './up-state.ts';

/**
 * Shows connections until a signal ends those that belong to this process, or all are down.
 *
 * @returns the exit status
 * @throws CommandError when the supervisor ends
 */
export async function watchAttached(
  context: CommandContext,
  jobs: readonly Job[],
  call: SupervisorCall,
): Promise<number> {
  const { signals, release } = context.sessions.signals.acquireEndings();
  const { hangUpEnds } = context.sessions.signals;
  const { options } = context;
  const state = createUpState();
  const stopping = { count: 0 };
  const stop = (): void => {
    stopping.count++;
    // The second signal waits for nothing.
    if (stopping.count > 1) call.close();
    else call.finish();
  };
  signals.onSignal((signal) => {
    if (signal !== 'SIGTSTP' && (signal !== 'SIGHUP' || hangUpEnds)) stop();
  });
  const failed = { all: false };
  const view = options.json || !(await canView(context)) ? undefined : await viewOf(context, jobs);
  try {
    for await (const answer of call.answers) {
      state.take(answer);
      if (answer.reply === 'end') break;
      if (answer.reply === 'accepted') notifyResult(context, answer.name, answer.result);
      if (answer.reply === 'line' && view === undefined) showLine(context, answer);
      if (answer.reply === 'status') view?.show(answer.connection);
      if (answer.reply === 'status' && options.json) {
        const { connection } = answer;
        for (const port of connection.ports) {
          void context.output.print(`${printableJson(statusForPrograms(connection, port))}\n`);
        }
      }
      if (!failed.all && haveAllFailed(state, jobs)) {
        failed.all = true;
        stop();
      }
    }
  } finally {
    view?.end();
    release();
  }
  if (failed.all) return EXIT_OWN_FAILURE;
  if (stopping.count === 0 && !state.isDown) throw lostSupervisor();
  return 0;
}

async function viewOf(context: CommandContext, jobs: readonly Job[]): Promise<UpView> {
  const { createUpView } = await import('./up-view.ts');
  return createUpView(
    context,
    jobs.map(({ name }) => name),
  );
}

function notifyResult(
  { output, options }: CommandContext,
  name: string,
  result: 'started' | 'kept' | 'replaced',
): void {
  if (options.json) return;
  if (result === 'kept') output.notify(`${name} is up already, with the same settings.`);
  if (result === 'replaced') output.notify(`${name} was up, and is started again.`);
}

function showLine(
  { output, options }: CommandContext,
  { name, text }: { readonly name: string; readonly text: string },
): void {
  if (!options.json) output.notify(`${name}: ${text}`);
}

/** Whether every port of every connection has ended for good. */
function haveAllFailed({ connections }: UpState, jobs: readonly Job[]): boolean {
  return (
    connections.length === jobs.length &&
    connections.every(
      ({ pid, ports }) => pid === null && ports.every((port) => port.state === 'failed'),
    )
  );
}
