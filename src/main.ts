import { parseInvocation } from './cli/caller-contract.ts';
import { messages } from './cli/messages.ts';
import { print } from './cli/print.ts';
import { texts } from './session/texts.ts';

/** Four dotted numbers of the VERSION file, put in when the bundle is made. */
declare const PLUGIN_VERSION: string;

const EXIT_SUCCESS = 0;
const EXIT_FAILURE = 1;

/** The variable holds the session's token: it must not be seen by anything started later. */
function takeVariable(name: string): string | undefined {
  const value = process.env[name];
  Reflect.deleteProperty(process.env, name);
  return value;
}

/** Says on stderr which command was perhaps meant: stdout is what callers read. */
async function suggest(args: readonly string[]): Promise<void> {
  const { suggestion } = await import('./cli/suggestion.ts');
  const words = suggestion(args);
  if (words !== undefined) process.stderr.write(messages.didYouMean(words));
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const invocation = parseInvocation(args, takeVariable);
  switch (invocation.kind) {
    case 'installation-message':
      await print(messages.installed);
      return EXIT_SUCCESS;
    case 'version':
      await print(`${PLUGIN_VERSION}\n`);
      return EXIT_SUCCESS;
    case 'unknown-operation':
      await print(messages.unknownOperation(invocation.operation));
      await suggest(args);
      return EXIT_FAILURE;
    case 'invalid-operation':
      await print(messages.invalidOperation);
      await suggest(args);
      return EXIT_FAILURE;
    case 'bad-arguments':
      await print(texts.cannotStart(invocation.reason));
      return EXIT_FAILURE;
    case 'own-command': {
      const [{ takeSignals }, { systemClock }] = await Promise.all([
        import('./cli/command-signals.ts'),
        import('./clock.ts'),
      ]);
      const signals = takeSignals(process, systemClock);
      const { runCommand } = await import('./cli/commands/index.ts');
      return runCommand(args, PLUGIN_VERSION, signals);
    }
    case 'start-session': {
      const { startSession } = await import('./cli/start-session.ts');
      return startSession(invocation.session, PLUGIN_VERSION);
    }
  }
}

// What was printed has been waited for as long as it may: a reader that is stuck holds nobody up.
void main().then((exitCode) => process.exit(exitCode));
