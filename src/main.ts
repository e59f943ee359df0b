import { writeSync } from 'node:fs';
import { parseInvocation } from './cli/caller-contract.ts';
import { messages } from './cli/messages.ts';
import { texts } from './session/texts.ts';

/** Four dotted numbers of the VERSION file, put in when the bundle is made. */
declare const PLUGIN_VERSION: string;

const EXIT_SUCCESS = 0;
const EXIT_FAILURE = 1;
const STDOUT = 1;

/** Short texts go out without the stream machinery, which costs more than the whole run. */
function print(text: string): void {
  try {
    writeSync(STDOUT, text);
  } catch {
    // A full pipe or a closed one; the stream waits for the one and knows what to do with the other.
    process.stdout.on('error', () => undefined);
    process.stdout.write(text);
  }
}

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
      print(messages.installed);
      return EXIT_SUCCESS;
    case 'version':
      print(`${PLUGIN_VERSION}\n`);
      return EXIT_SUCCESS;
    case 'unknown-operation':
      print(messages.unknownOperation(invocation.operation));
      return EXIT_FAILURE;
    case 'invalid-operation':
      print(messages.invalidOperation);
      return EXIT_FAILURE;
    case 'bad-arguments':
      print(texts.cannotStart(invocation.reason));
      return EXIT_FAILURE;
    case 'start-session': {
      const { startSession } = await import('./cli/start-session.ts');
      // It has waited for its last words as long as it may: a reader that is stuck holds nobody up.
      return process.exit(await startSession(invocation.session, PLUGIN_VERSION));
    }
  }
}

void main().then((exitCode) => {
  process.exitCode = exitCode;
  // Text still on its way through a slow pipe keeps the process alive; nothing else may.
  if (process.stdout.writableLength === 0) process.exit(exitCode);
  process.stdout.once('drain', () => process.exit(exitCode));
});
