import { randomFillSync } from 'node:crypto';
import { systemClock } from '../../lib/clock.ts';
import type { OutputError } from '../../lib/errors/output-error.ts';
import { createLineLogger } from '../../logging/line-logger.ts';
import { silentLogger, type Logger } from '../../logging/logger.ts';
import type { CommandSignals } from '../process/signals/command-signals.ts';
import type { FatalErrors } from '../process/fatal-errors.ts';
import { processOutputs } from '../process/process-outputs.ts';
import { asksForJson } from '../run/json-failures.ts';
import { showAsLines, showInStatusLine } from '../progress/show-waits.ts';
import { createStatusLine, noStatusLine } from '../progress/status-line.ts';
import { createWaits } from '../progress/waits.ts';
import { createConnections } from '../connections/connections.ts';
import { createSessionGuard } from '../run/session-guard.ts';
import { readBuildFacts } from '../about/build-facts.ts';
import { createChosenOptions } from './chosen-options.ts';
import { createCommandAws } from './command-aws.ts';
import type { CommandContext } from './command-context.ts';
import type { CommandLineHost } from './command-line.ts';
import { createCommandOutput } from './command-output.ts';
import { canRewriteLines, createCommandTerminal } from './command-terminal.ts';

/** A command's context, and what the program needs of it. */
export interface ProcessContext extends CommandLineHost {
  exitStatus(): number;
  /**
   * Waits until the system has everything that was written, or never can have it.
   *
   * @returns why some of it is lost, unless its reader has closed the pipe
   */
  written(): Promise<OutputError | undefined>;
  /**
   * Stops the output of the command, restores the terminal, and terminates the sessions that have not
   * begun: a signal or a fatal error ends the command.
   *
   * @param abandoned - resolves when the waiting stops at once
   */
  interrupt(abandoned: Promise<unknown>): Promise<void>;
}

/**
 * The context of a command, made of the running process.
 *
 * @param args - argv without program names
 * @param version - four dotted numbers
 */
export function createProcessContext(
  args: readonly string[],
  version: string,
  signals: CommandSignals,
  fatalErrors: FatalErrors,
): ProcessContext {
  const { env, platform } = process;
  const streams = processOutputs();
  const isJson = asksForJson(args);
  const interruption = new AbortController();
  const { signal: interrupted } = interruption;
  const chosen = createChosenOptions();
  let logger: Logger = silentLogger;
  let exitStatus = 0;
  const terminal = createCommandTerminal(streams, { env, platform });
  const status = canRewriteLines(terminal, env)
    ? createStatusLine({
        output: streams.stderr,
        columns: () => terminal.window.size()?.cols,
        isFree: () => terminal.inForeground(),
      })
    : noStatusLine;
  const output = createCommandOutput({
    ...streams,
    ...{ status, line: terminal.line, interrupted, isJson, options: () => chosen.current },
  });
  const showWait =
    status === noStatusLine ? showAsLines((line) => output.notify(line)) : showInStatusLine(status);
  const waits = createWaits(systemClock, (wait) => {
    if (chosen.current?.quiet === false && !chosen.current.json) showWait(wait);
  });
  const guard = createSessionGuard(systemClock, (text) => logger.info(text));
  const context: CommandContext = {
    version,
    buildFacts: () => readBuildFacts(),
    args,
    env,
    platform,
    clock: systemClock,
    random: { uniform: Math.random, fill: (buffer) => randomFillSync(buffer) },
    get options() {
      return chosen.required();
    },
    get logger() {
      return logger;
    },
    ...{ interrupted, output, terminal, waits },
    aws: createCommandAws(chosen.settling(() => context)),
    connections: createConnections({ env, platform, directory, userId: process.geteuid?.() }),
    useAccount: (named) => chosen.useAccount(named),
    readyUntil: () => chosen.readyUntil(systemClock),
    endReadyWait: () => chosen.endReadyWait(),
    sessions: { signals, fatalErrors, guard },
    exitWith(status) {
      exitStatus = status;
    },
  };
  return {
    context,
    takeOptions(parsed) {
      chosen.take(parsed);
      if (parsed.logLevel === undefined) return;
      logger = createLineLogger(parsed.logLevel, systemClock, (text) => output.writeIfRead(text));
    },
    writeHelp: (text) => void output.print(text),
    exitStatus: () => exitStatus,
    written() {
      waits.abandon();
      return output.written();
    },
    async interrupt(abandoned) {
      interruption.abort();
      waits.divert(() => undefined);
      status.interrupt();
      // A prompt restores the terminal before the next turn of the event loop.
      const terminalIsRestored = new Promise((resolve) => setImmediate(resolve));
      await Promise.all([guard.terminateAll(abandoned), terminalIsRestored]);
    },
  };
}

/** Undefined when another program has removed it. */
function directory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}
