import type { Writable } from 'node:stream';
import { isatty, WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { Person } from '../../aws/credentials/sign-in/person.ts';
import type { Aws } from '../../aws/aws.ts';
import type { RunAws } from '../../aws/session-aws.ts';
import type { SharedConfig } from '../../aws/shared-config.ts';
import { systemClock } from '../../lib/clock.ts';
import { drain } from '../../lib/drain.ts';
import { createLineLogger } from '../../logging/line-logger.ts';
import { silentLogger, type Logger } from '../../logging/logger.ts';
import type { OutputError } from '../../lib/output-error.ts';
import { watchOutputs } from '../../session/streams/watch-outputs.ts';
import { createProcessTerminal } from '../../terminal/process-terminal.ts';
import { droppedTexts, limitTexts } from '../../lib/unread-text.ts';
import type { CommandSignals } from '../process/command-signals.ts';
import { isInForeground } from '../process/in-foreground.ts';
import { asksForJson } from '../run/json-failures.ts';
import type { FatalErrors } from '../process/fatal-errors.ts';
import { processOutputs } from '../process/process-outputs.ts';
import { onWindowChange } from '../run/window-changes.ts';
import type { CommandContext, CommonOptions, PrintedText, TextPart } from './command-context.ts';
import type { CommandLineHost } from './command-line.ts';
import { failureText } from './failure.ts';
import { checkNamedProfile } from './named-profile.ts';
import { readConfig } from './read-config.ts';
import { findRegion } from './region.ts';
import { createSessionGuard } from '../run/session-guard.ts';
import { printableLines } from '../../lib/printable.ts';

/** A command's context, and what the program itself does with it. */
export interface ProcessContext extends CommandLineHost {
  /** Whether failures are wanted as JSON, as far as can be told before the command line is read. */
  readonly isJson: boolean;
  exitStatus(): number;
  /**
   * Waits until everything printed and said is with the system, or never can be.
   *
   * @returns why some of it is lost, unless its reader has gone
   */
  printed(): Promise<OutputError | undefined>;
  /**
   * A signal or a mistake ends the command. It says nothing more, and leaves neither the terminal
   * changed nor a session on the service.
   *
   * @param urged - resolves when nothing shall be waited for any longer
   */
  interrupt(urged: Promise<unknown>): Promise<void>;
}

/**
 * What a command works with, made of the running process.
 *
 * @param args - argv without program names
 * @param signals - those of the process
 * @param mistakes - the program's
 */
export function createProcessContext(
  args: readonly string[],
  version: string,
  signals: CommandSignals,
  fatalErrors: FatalErrors,
): ProcessContext {
  const { env, platform } = process;
  const { stdout, stderr } = processOutputs();
  let options: CommonOptions | undefined;
  let logger: Logger = silentLogger;
  // What is wrong with the command line is to be told in the same way.
  const isJson = asksForJson(args);
  let exitStatus = 0;
  let config: Promise<SharedConfig> | undefined;
  let region: Promise<string> | undefined;
  let run: Promise<RunAws> | undefined;
  let fleet: Promise<Aws> | undefined;
  let lastPrint: Promise<void> = Promise.resolve();
  let messages: Writable = stderr;
  let lostOutput: OutputError | undefined;
  const interruption = new AbortController();
  const { signal: interrupted } = interruption;
  const sessions = createSessionGuard(systemClock, (text) => logger.info(text));

  watchOutputs({ stdout, stderr }, (error) => {
    lostOutput ??= error;
  });

  const write = (to: Writable, text: string): void => {
    to.write(printableLines(text));
  };
  const limit = limitTexts(() => messages, droppedTexts);
  const writeIfRead = (text: string): void => {
    const admitted = limit.admit();
    if (admitted !== undefined) write(messages, `${admitted.notice}${text}`);
  };
  const rendered = (text: PrintedText): string => {
    if (typeof text === 'string') return printableLines(text);
    const withColors = stdout instanceof WriteStream && parsed().color;
    return text.map((part) => renderedPart(part, withColors)).join('');
  };
  const parsed = (): CommonOptions => {
    if (options === undefined) throw new Error('the command line has not been read yet');
    return options;
  };
  const sharedConfig = (): Promise<SharedConfig> =>
    (config ??= readConfig(parsed().profile, env, logger));
  const resolveRegion = async (): Promise<string> => {
    await checkNamedProfile(parsed(), env, sharedConfig);
    return findRegion(parsed(), env, sharedConfig);
  };
  const findRegionOnce = (): Promise<string> => (region ??= resolveRegion());
  const findPerson = async (): Promise<Person | undefined> => {
    const { findPersonAtTerminal } = await import('../prompt/person-at-terminal.ts');
    return findPersonAtTerminal(context);
  };
  const createRun = async (): Promise<RunAws> => {
    const { profile, endpointUrl } = parsed();
    const basics = { region: await findRegionOnce(), profile, endpoint: endpointUrl, env };
    const { createRunAws } = await import('../../aws/session-aws.ts');
    return createRunAws({ ...basics, logger, clock: systemClock, platform, findPerson });
  };
  const runAws = (): Promise<RunAws> => (run ??= createRun());
  const print = (text: PrintedText): Promise<void> => {
    // Nothing more is said, nor waited for: the signal decides when the program ends.
    if (interrupted.aborted) return new Promise(() => undefined);
    stdout.write(rendered(text));
    lastPrint = drain(stdout);
    return lastPrint;
  };

  const context: CommandContext = {
    version,
    args,
    env,
    platform,
    clock: systemClock,
    // Whoever shares it finds it changed once it is opened.
    get stdin() {
      return process.stdin;
    },
    stdout,
    stderr,
    get messages() {
      return messages;
    },
    divertMessages(to) {
      messages = to ?? stderr;
    },
    terminal: {
      stdin: isatty(0),
      stdout: stdout instanceof WriteStream,
      stderr: stderr instanceof WriteStream,
      columns: stdout instanceof WriteStream ? stdout.columns : undefined,
      window: createProcessTerminal({
        platform,
        input: undefined,
        outputs: stderr instanceof WriteStream ? [stderr] : [],
        openControllingTerminal: () => undefined,
        onSizeChange: onWindowChange,
      }),
      inForeground: () => isInForeground(platform, process.pid, env),
      // To the whole group, as from the terminal: whatever stands between the shell and the program
      // has to stop with it.
      suspend: () => void process.kill(0, 'SIGTSTP'),
    },
    signals,
    fatalErrors,
    interrupted,
    sessions,
    get options() {
      return parsed();
    },
    get logger() {
      return logger;
    },
    sharedConfig,
    region: findRegionOnce,
    aws: async () => (await runAws()).options,
    fleet: () => (fleet ??= runAws().then(({ aws }) => sessions.guard(aws))),
    print,
    say(text) {
      if (!parsed().quiet && !interrupted.aborted) writeIfRead(`${text}\n`);
    },
    reportError(error) {
      write(messages, failureText(error, options?.json ?? isJson));
    },
    exitWith(status) {
      exitStatus = status;
    },
  };
  return {
    context,
    isJson,
    takeOptions(read) {
      options = read;
      if (read.logLevel === undefined) return;
      logger = createLineLogger(read.logLevel, systemClock, writeIfRead);
    },
    writeHelp: (text) => void print(text),
    writeError(text) {
      if (!isJson) write(stderr, text);
    },
    exitStatus: () => exitStatus,
    async printed() {
      await Promise.all([lastPrint, drain(stderr)]);
      return lostOutput;
    },
    async interrupt(urged) {
      interruption.abort();
      // A prompt puts the terminal back before the next turn of the event loop.
      const terminalIsBack = new Promise((resolve) => setImmediate(resolve));
      await Promise.all([sessions.terminateAll(urged), terminalIsBack]);
    },
  };
}

function renderedPart(part: TextPart, withColors: boolean): string {
  if (typeof part === 'string') return printableLines(part);
  const text = printableLines(part.text);
  return withColors ? styleText(part.color, text, { validateStream: false }) : text;
}
