import type { Command } from 'commander';
import type { CommandRequest } from '../../../aws/run-command.ts';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { nextEnding } from '../../../cli/process/signals/command-signals.ts';
import type { EndingSignal } from '../../../cli/process/signals/process-signals.ts';
import { chooseShell, scriptLines, type ShellName } from '../../../cli/remote/remote-shell.ts';
import { someOf } from '../../../failures/fleets.ts';
import { failureOf } from '../../../lib/errors/program-error.ts';
import { messageOf } from '../../../lib/errors/failure.ts';
import { SIGNAL_STATUS } from '../../../session/signal-status.ts';
import { confirmFleet } from './confirm-fleet.ts';
import { fleetLine } from './report/fleet-bar.ts';
import type { FleetOptions } from './fleet-options.ts';
import { createFleetReport } from './report/fleet-report.ts';
import type { FleetReport } from './report/report-parts.ts';
import type { FleetCounts } from './batches/fleet-state.ts';
import { followBatches, type RunningFleet } from './batches/follow-batches.ts';
import type { Machine, MachineEnd } from './machine.ts';
import { exitStatusOf, hasSucceeded } from './machine-status.ts';
import type { Batch } from './batches/plan-batches.ts';
import { createOutputReader, withoutOutput } from './read-output.ts';
import { readFleetOptions, type FleetSettings } from './read-options.ts';
import { selectMachines } from './select-machines.ts';

/** How long an agent that is online may take to get the command, in seconds: it may run five others before. */
const DELIVERY_SECONDS = 600;
/** How long the program waits for machines on which it has cancelled the command, in milliseconds. */
const CANCEL_WAIT_MS = 60_000;

/**
 * Runs a command on many machines by Run Command of Systems Manager.
 *
 * @param script - a line for the shell of each machine
 * @returns the exit status
 * @throws UsageError, CommandError or AwsError when it cannot run
 */
export async function runFleet(
  context: CommandContext,
  command: Command,
  script: string,
  { shell, ...options }: FleetOptions & { readonly shell?: ShellName },
): Promise<number> {
  const settings = readFleetOptions(command, options, context.options.json);
  const { machines, offline } = await selectMachines(context, settings.selection);
  const linesOf = new Map(
    [...new Set(machines.map(({ isWindows }) => isWindows))].map((isWindows) => {
      const platform = isWindows ? 'Windows' : 'Linux';
      return [isWindows, scriptLines(script, chooseShell({ platform, shell }), isWindows)];
    }),
  );
  if (offline.length > 0) {
    context.output.notify(`Left out, because the SSM Agent is offline: ${someOf(offline)}.`);
  }
  await confirmFleet(context, machines, settings.asks);
  const report = createFleetReport(
    context,
    machines,
    settings.display,
    settings.store !== undefined,
  );
  const calls = await context.aws.calls();
  const send = (batch: Batch): Promise<string> =>
    calls.sendCommand(requestOf(batch, linesOf.get(batch.machines[0].isWindows) ?? [], settings));
  return follow({ context, machines, settings, report }, send);
}

function requestOf(
  batch: Batch,
  lines: readonly string[],
  { comment, executionSeconds, store }: FleetSettings,
): CommandRequest {
  return {
    document: batch.machines[0].isWindows ? 'AWS-RunPowerShellScript' : 'AWS-RunShellScript',
    nodeIds: batch.machines.map(({ id }) => id),
    lines,
    comment,
    concurrency: batch.concurrency,
    maxErrors: batch.maxErrors,
    deliverySeconds: DELIVERY_SECONDS,
    executionSeconds,
    store: store && { bucket: store.bucket, prefix: store.prefix.replace(/\/$/, '') },
  };
}

interface Followed {
  readonly context: CommandContext;
  readonly machines: readonly Machine[];
  readonly settings: FleetSettings;
  readonly report: FleetReport;
}

async function follow(
  { context, machines, settings, report }: Followed,
  send: (batch: Batch) => Promise<string>,
): Promise<number> {
  const { clock, random, output, options, sessions } = context;
  const calls = await context.aws.calls();
  // Without the outputs, which would fill the memory.
  const ends: MachineEnd[] = [];
  const repeating = {
    ...{ clock, random },
    onFailure: (error: Error) => context.logger.warn(`repeating a call: ${error.message}`),
  };
  const read = createOutputReader({
    ...repeating,
    ...{ calls, store: settings.store, signal: context.interrupted },
    onPartial: ({ machine }, error) =>
      output.notify(`${machine.name}: ${messageOf(failureOf(error))}`),
  });
  // Outputs are read and printed one after the other, while the other machines are followed.
  let printing: Promise<void> = Promise.resolve();
  const showsBar = !options.json && !options.quiet;
  let latest: FleetCounts | undefined;
  /** Outputs replace the bar, so it is drawn again after each. */
  const draw = (): void => {
    const counts = latest;
    if (!showsBar || counts === undefined || counts.done === counts.total) return;
    output.status.show((columns) => fleetLine(counts, columns));
  };
  const stopWaits = context.waits.divert(() => undefined);
  const acquired = sessions.signals.acquireEndings();
  const fleet = followBatches({
    ...{ ...repeating, calls, machines, send, limits: settings.limits(machines.length) },
    onEnd(ended) {
      printing = printing.then(async () => {
        const result = await (settings.display === 'summary' ? withoutOutput : read)(ended);
        ends.push(result.end);
        await report.machine(result);
        draw();
      });
      // A failure ends the run below, when all machines are followed.
      printing.catch(() => undefined);
    },
    onProgress(counts) {
      latest = counts;
      draw();
    },
  });
  const whole = fleet.ended.then(() => printing);
  try {
    const signal = await untilSignal(whole, acquired.signals, sessions.signals.hangUpEnds);
    if (signal !== undefined) {
      await cancel(context, fleet, whole, nextEnding(acquired.signals));
    }
    output.status.show(undefined);
    await report.end();
    if (!options.json) output.notify(summaryOf(ends));
    if (signal !== undefined) return SIGNAL_STATUS[signal];
    return Math.max(...ends.map(exitStatusOf));
  } catch (error) {
    output.status.show(undefined);
    notifyOpen(context, fleet);
    throw error;
  } finally {
    stopWaits();
    acquired.release();
  }
}

/** @returns the signal that comes before the end; undefined when none does */
function untilSignal(
  ended: Promise<void>,
  signals: Parameters<typeof nextEnding>[0],
  hangUpEnds: boolean,
): Promise<EndingSignal | undefined> {
  return Promise.race([ended.then(() => undefined), nextEnding(signals, hangUpEnds)]);
}

/** Cancels the command, and waits until it has ended everywhere, or for a second signal. */
async function cancel(
  context: CommandContext,
  fleet: RunningFleet,
  ended: Promise<void>,
  second: Promise<EndingSignal>,
): Promise<void> {
  const { clock, output } = context;
  fleet.cancel();
  output.status.interrupt();
  const { open } = fleet;
  if (open.length > 0) {
    output.notify(
      `Cancelling the command. It still runs on ${machinesText(open)}. Press Ctrl-C again to leave at once.`,
    );
  }
  const limit = new Promise<void>((resolve) => {
    clock.after(CANCEL_WAIT_MS, resolve);
  });
  await Promise.race([ended, second, limit]);
  notifyOpen(context, fleet);
}

/** Reports where the command still runs, when the program ends before it. */
function notifyOpen({ output }: CommandContext, { open, openCommands }: RunningFleet): void {
  if (open.length === 0) return;
  const lines = openCommands.map((id) => `  aws ssm cancel-command --command-id ${id}`);
  output.notify(
    [`The command may still run on ${machinesText(open)}. To cancel it:`, ...lines].join('\n'),
  );
}

function machinesText(machines: readonly Machine[]): string {
  const names = someOf(machines.map(({ name }) => name));
  return machines.length === 1 ? names : `${machines.length} machines: ${names}`;
}

/** `37 machines: 35 succeeded, 2 did not.` */
function summaryOf(ends: readonly MachineEnd[]): string {
  const succeeded = ends.filter(hasSucceeded).length;
  const failed = ends.length - succeeded;
  const machines = `${ends.length} machine${ends.length === 1 ? '' : 's'}`;
  return failed === 0
    ? `${machines}: all succeeded.`
    : `${machines}: ${succeeded} succeeded, ${failed} failed.`;
}
