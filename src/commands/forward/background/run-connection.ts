import type { Command } from 'commander';
import type { Readable } from 'node:stream';
import type { ReportedError } from '../../../cli/background/connection-status.ts';
import { decoded } from '../../../cli/background/decode.ts';
import {
  MAX_MESSAGE_BYTES,
  readJob,
  type Job,
  type JobPort,
} from '../../../cli/background/protocol.ts';
import type { ProcessReport } from '../../../cli/background/process-report.ts';
import type { Connections } from '../../../cli/connections/connection.ts';
import { withOptions } from '../../../cli/framework/command-aws.ts';
import { CommandError, type CommandContext } from '../../../cli/framework/command-context.ts';
import { examples } from '../../../cli/framework/command-line.ts';
import { EXIT_OWN_FAILURE, reportedFailure } from '../../../cli/framework/failure.ts';
import type { CommandHelp } from '../../../cli/framework/help/help-page.ts';
import {
  bufferUntilHandled,
  type BufferedSignals,
} from '../../../cli/process/signals/process-signals.ts';
import type { CommandSignals } from '../../../cli/process/signals/command-signals.ts';
import { readLines } from '../../../cli/remote/read-lines.ts';
import { needRelay, type Forward } from '../../../cli/ports/forward.ts';
import { readIdleTime } from '../../../cli/ports/idle-time.ts';
import type { FastRequest } from '../../../cli/tunnel/fast-choice.ts';
import { ALWAYS } from '../../../cli/tunnel/fast-mode.ts';
import { resolveTarget } from '../../../cli/target/resolve-target.ts';
import { backgroundFailures } from '../../../failures/background.ts';
import { createDeferred } from '../../../lib/deferred.ts';
import { messageOf } from '../../../lib/errors/failure.ts';
import { printableJson } from '../../../lib/printable.ts';
import { forwardPorts } from '../forward-ports.ts';
import { isPermanent } from '../sessions/next-step.ts';
import { createPortReports } from './port-reports.ts';

/** `__connection NAME`: forwards what the job on stdin describes, until stdin ends. */
export function configureRunConnection(command: Command, context: CommandContext): CommandHelp {
  command
    .description('Forwards the ports of a connection: the supervisor calls this command.')
    .argument('<name>', 'the name of the connection')
    .action(async () => {
      const { job, ended } = readOrders(context.terminal.input);
      const report = (line: ProcessReport): void => {
        void context.output.print(`${printableJson(line)}\n`);
      };
      try {
        const failure = await run(context, await jobIn(job), ended, report);
        if (failure === undefined) return;
        report({ report: 'failed', error: failure, isFinal: isFinal(failure) });
        context.exitWith(EXIT_OWN_FAILURE);
      } catch (error) {
        const failure = reportedError(error);
        report({ report: 'failed', error: failure, isFinal: isFinal(failure) });
        throw error;
      }
    });
  return { examples: examples('__connection db') };
}

/** Ports that the agent cannot forward imply a fast tunnel. */
function fastOf({ fast, ports }: Job): FastRequest | undefined {
  const mode = fast === '' && needRelay(ports) ? ALWAYS : fast;
  return mode === '' ? undefined : { mode, allowLogged: false, user: undefined };
}

/** What a process of another version may not understand. */
const REPLACED = backgroundFailures['program-replaced']();

function isFinal(failure: ReportedError): boolean {
  return isPermanent(failure) || failure.code === REPLACED.code;
}

async function jobIn(line: Promise<string | undefined>): Promise<Job> {
  const job = decoded((await line) ?? '', readJob);
  if (job === undefined) throw new CommandError({ ...REPLACED, reason: 'input' });
  return job;
}

/** @returns why all ports have ended; undefined after the end of the supervisor */
async function run(
  base: CommandContext,
  job: Job,
  ended: Promise<void>,
  report: (line: ProcessReport) => void,
): Promise<ReportedError | undefined> {
  const { name, profile, region, endpointUrl, ports, onDemand, idle, checks } = job;
  const { signals } = base.sessions;
  const context: CommandContext = {
    ...withOptions(base, { profile, region, endpointUrl, login: false }),
    connections: onlyConnection(job),
    useAccount: () => true,
    sessions: { ...base.sessions, signals: endingWith(signals, ended) },
  };
  const target = await Promise.race([resolveTarget(context, name), ended]);
  if (target === undefined) return undefined;
  const display = createPortReports(context, target, report);
  const status = await forwardPorts(context, {
    target,
    targetText: name,
    forwards: ports.map(forwardIn),
    reason: undefined,
    policy: { count: 1, restarts: true, onDemand, idleMs: readIdleTime(idle), checks },
    address: undefined,
    program: undefined,
    display,
    fast: fastOf(job),
  });
  return status === 0 ? undefined : display.lastError();
}

function forwardIn({ host, relayed, ...port }: JobPort): Forward {
  return { ...port, host: host ?? undefined, ...(relayed && { relayed }) };
}

/** The connection of the job alone: files may have changed since `up` has read them. */
function onlyConnection({ name, target, profile, region, onDemand, idle, fast }: Job): Connections {
  const place = { path: '', line: 0, forward: [], forwardLine: 0 };
  const only = { name, target, profile, region, onDemand, idle, fast, ...place };
  return {
    userFile: '',
    files: () => Promise.resolve([]),
    find: (wanted) => Promise.resolve(wanted === name ? only : undefined),
    noticeOf: () => Promise.resolve(undefined),
    add: () => Promise.resolve(),
  };
}

/** The same signals, and the end of the supervisor as one. */
function endingWith(signals: CommandSignals, ended: Promise<void>): CommandSignals {
  return {
    own: signals.own,
    hangUpEnds: signals.hangUpEnds,
    get areAcquired() {
      return signals.areAcquired;
    },
    received: signals.received,
    acquireEndings: () => signals.acquireEndings(),
    acquire() {
      const acquired = signals.acquireEndings();
      const both: BufferedSignals = bufferUntilHandled((handler) => {
        void ended.then(() => handler('parent-exited'));
        return acquired.signals.onSignal(handler);
      });
      return { signals: both, release: acquired.release };
    },
  };
}

/** The job, which is the first line of the supervisor, and the end of the supervisor, which may come first. */
function readOrders(input: Readable): {
  readonly job: Promise<string | undefined>;
  readonly ended: Promise<void>;
} {
  const { promise: job, resolve: resolveJob } = createDeferred<string | undefined>();
  const { promise: ended, resolve: resolveEnded } = createDeferred<undefined>();
  const end = (): void => {
    resolveJob(undefined);
    resolveEnded(undefined);
  };
  input.on('end', end);
  input.on('error', end);
  input.pipe(readLines(MAX_MESSAGE_BYTES, (line) => resolveJob(line.toString())));
  return { job, ended };
}

function reportedError(error: unknown): ReportedError {
  const { reason, code, ...sentences } = reportedFailure(error);
  return { reason, code, message: messageOf(sentences) };
}
