import './cli/process/signals/shut-debugger.ts';
import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { parseInvocation, type Invocation } from './cli/invocation/caller-contract.ts';
import { messages } from './cli/invocation/messages.ts';
import { print, printError } from './cli/process/print.ts';
import { deliverBlockedSigusr1 } from './cli/process/signals/blocked-sigusr1.ts';
import { systemStatus } from './cli/process/system-status.ts';
import { systemClock } from './lib/clock.ts';
import { texts } from './session/texts/caller-texts.ts';

/** Four dotted numbers of the VERSION file, inserted when the bundle is built. */
declare const PLUGIN_VERSION: string;
/**
 * The names in the table of commands (`src/commands/index.ts`), separated by spaces, inserted in the same
 * way.
 */
declare const COMMAND_NAMES: string;

const commandNames = COMMAND_NAMES.split(' ');

const STDOUT = 1;
const STDERR = 2;

const EXIT_SUCCESS = 0;
const EXIT_FAILURE = 1;

/** Removes the variable, which holds the session's token: child processes must not see it. */
function takeVariable(name: string): string | undefined {
  const value = process.env[name];
  Reflect.deleteProperty(process.env, name);
  return value;
}

/** Suggests a similar command on stderr: callers read stdout. */
async function suggest(args: readonly string[]): Promise<void> {
  const { suggestion } = await import('./cli/invocation/suggestion.ts');
  const words = suggestion(args, commandNames);
  if (words !== undefined) await printError(messages.didYouMean(words));
}

/** Whether a person reads the answer. With `| less`, stderr is still the terminal. */
function isReadByPerson(): boolean {
  return isatty(STDOUT) || isatty(STDERR);
}

/** A program that runs for long ends on SIGUSR1 also where its runtime blocks the signal. */
function watchSigusr1(): void {
  deliverBlockedSigusr1(process, () => readFileSync('/proc/self/status', 'utf8'), systemClock);
}

async function main(args: readonly string[], invocation: Invocation): Promise<number> {
  switch (invocation.kind) {
    case 'installation-message':
      await print(messages.installed);
      return EXIT_SUCCESS;
    case 'version':
      await print(`${PLUGIN_VERSION}\n`);
      return EXIT_SUCCESS;
    case 'build': {
      const { describeBuild } = await import('./commands/run-command.ts');
      await print(describeBuild(PLUGIN_VERSION));
      return EXIT_SUCCESS;
    }
    case 'unknown-operation':
      await print(messages.unknownOperation(invocation.operation));
      await suggest(args);
      return EXIT_FAILURE;
    case 'invalid-operation':
      await print(messages.invalidOperation);
      await suggest(args);
      return EXIT_FAILURE;
    case 'bad-arguments': {
      const { callerFailures } = await import('./failures/caller.ts');
      const failure = callerFailures['caller-arguments-invalid'](invocation.problem);
      await print(texts.cannotStart(failure));
      return EXIT_FAILURE;
    }
    case 'subcommand': {
      watchSigusr1();
      const [{ commandFirst }, { watchCommandSignals }, { asksForSsh, hangUpEnds }] =
        await Promise.all([
          import('./cli/invocation/command-first.ts'),
          import('./cli/process/signals/command-signals.ts'),
          import('./cli/process/signals/hang-up.ts'),
        ]);
      const signals = watchCommandSignals(
        process,
        asksForSsh(commandFirst(args)) || hangUpEnds(process.platform, isatty),
      );
      const { runCommand } = await import('./commands/run-command.ts');
      return runCommand(args, PLUGIN_VERSION, signals);
    }
    case 'start-session': {
      watchSigusr1();
      const { startSession } = await import('./cli/run/run-started-session.ts');
      return startSession(invocation.session, PLUGIN_VERSION);
    }
  }
}

async function handle(error: unknown): Promise<number> {
  const { handleFatalError } = await import('./cli/process/handle-fatal-error.ts');
  return handleFatalError(error, invocation, args);
}

const args = process.argv.slice(2);
const invocation = parseInvocation(args, takeVariable, commandNames, isReadByPerson);
// With nothing left to wait for, the runtime would exit with status 0.
process.once('beforeExit', () => {
  void handle(new Error('nothing is left to wait for')).then((status) => process.exit(status));
});
// All printed texts have been written or have timed out: a blocked reader must not delay the exit.
void main(args, invocation)
  .catch(handle)
  .then((exitCode) => process.exit(systemStatus(exitCode, process.platform)));
