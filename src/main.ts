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

async function main(): Promise<number> {
  const invocation = parseInvocation(process.argv.slice(2), takeVariable);
  switch (invocation.kind) {
    case 'installation-message':
      await print(messages.installed);
      return EXIT_SUCCESS;
    case 'version':
      await print(`${PLUGIN_VERSION}\n`);
      return EXIT_SUCCESS;
    case 'unknown-operation':
      await print(messages.unknownOperation(invocation.operation));
      return EXIT_FAILURE;
    case 'invalid-operation':
      await print(messages.invalidOperation);
      return EXIT_FAILURE;
    case 'bad-arguments':
      await print(texts.cannotStart(invocation.reason));
      return EXIT_FAILURE;
    case 'start-session': {
      const { startSession } = await import('./cli/start-session.ts');
      return startSession(invocation.session, PLUGIN_VERSION);
    }
  }
}

// What was printed has been waited for as long as it may: a reader that is stuck holds nobody up.
void main().then((exitCode) => process.exit(exitCode));
