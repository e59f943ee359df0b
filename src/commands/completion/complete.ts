import type { Command } from 'commander';
import { noWaits } from '../../aws/report-wait.ts';
import { withOptions } from '../../cli/framework/command-aws.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples, loadCommands } from '../../cli/framework/command-line.ts';
import { cacheDirectory } from '../../cli/storage/user-directories.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { withTimeout } from '../../lib/with-timeout.ts';
import { COMMANDS } from '../index.ts';
import { completionCommand, type ValueKind } from './completion-tree.ts';
import {
  findValues,
  offeredValues,
  placesOf,
  type AwsValueKind,
  type CompletionValue,
} from './values/find-values.ts';
import { beforeContainer, commandIn, typedOptions, valuesOfNextWord } from './values/read-words.ts';
import { createValueCache } from './values/value-cache.ts';

/** The longest time that a user waits after pressing Tab, in milliseconds. */
const COMPLETION_LIMIT_MS = 2_000;

/** Variables that select another account or endpoint than the options and the profile. */
const ACCOUNT_VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_SSM',
  'AWS_ENDPOINT_URL_ECS',
] as const;

/**
 * `__complete -- WORD...`: what a completion script offers for the word after these, a line each, with a tab
 * before its description. It prints nothing when something fails, asks for nothing, and does not sign in.
 */
export function configureComplete(command: Command, context: CommandContext): CommandHelp {
  command
    .description('Prints the words that may follow: completion scripts call this command.')
    .argument('[words...]', 'the words that are typed, after --')
    .action(async (words: readonly string[]) => {
      const values = await valuesAfter(words, withoutPerson(context, words)).catch(() => []);
      const lines = offeredValues(values).map(({ value, text }) => `${value}\t${text}\n`);
      if (lines.length > 0) await context.output.print(lines.join(''));
    });
  return { examples: examples('__complete -- shell --profile work') };
}

/** The context for the typed options, in which no prompt appears. */
function withoutPerson(context: CommandContext, words: readonly string[]): CommandContext {
  const quiet: CommandContext = {
    ...context,
    terminal: noTerminal(context),
    waits: { ...context.waits, report: noWaits },
  };
  return withOptions(quiet, { ...typedOptions(words), quiet: true, login: false });
}

function noTerminal({ terminal }: CommandContext): CommandContext['terminal'] {
  return {
    // Reading this property opens stdin.
    get input() {
      return terminal.input;
    },
    stdin: false,
    stdout: false,
    stderr: false,
    columns: undefined,
    window: terminal.window,
    line: terminal.line,
    inForeground: () => Promise.resolve(false),
    sendsSignals: () => Promise.resolve(false),
    suspend: () => undefined,
  };
}

async function valuesAfter(
  words: readonly string[],
  context: CommandContext,
): Promise<readonly CompletionValue[]> {
  const named = commandIn(words);
  // Before the name of a command, the options are those that every command has.
  const entries = COMMANDS.filter(({ name }, i) =>
    named === undefined ? i === 0 : name === named,
  );
  const [command] = (await loadCommands(entries, context)).commands;
  const container = beforeContainer(words);
  const before = container?.before ?? words;
  const kind = valuesOfNextWord(command && completionCommand(command), before)?.kind;
  if (kind === undefined) return [];
  if (container === undefined) return valuesOfKind(kind, context);
  if (kind !== 'targets') return [];
  const names = await valuesOfAws('containers', context);
  return names.map(({ value, text }) => ({ value: container.offered(value), text }));
}

/** Names in files are offered without AWS, too. */
async function targetValues(context: CommandContext): Promise<readonly CompletionValue[]> {
  const both = await Promise.allSettled([
    connectionValues(context),
    valuesOfAws('targets', context),
  ]);
  return both.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
}

async function connectionValues({
  connections,
}: CommandContext): Promise<readonly CompletionValue[]> {
  const { effectiveConnections } = await import('../../cli/connections/effective-connections.ts');
  return effectiveConnections(await connections.files()).map(({ name, target }) => {
    return { value: name, text: target };
  });
}

function onTimeout(): never {
  throw new Error('AWS has not answered in time');
}

async function valuesOfKind(
  kind: ValueKind,
  context: CommandContext,
): Promise<readonly CompletionValue[]> {
  switch (kind) {
    case 'profiles': {
      const { sections } = await context.aws.sharedConfig();
      return [...sections.profiles.keys()].map((value) => ({ value, text: '' }));
    }
    case 'connections':
      return connectionValues(context);
    case 'places':
      return placesOf(await targetValues(context));
    case 'targets':
      return targetValues(context);
    case 'databases':
    case 'documents':
    case 'sessions':
    case 'access':
      return valuesOfAws(kind, context);
  }
}

async function valuesOfAws(
  kind: AwsValueKind,
  context: CommandContext,
): Promise<readonly CompletionValue[]> {
  const { aws, clock, env, platform, options } = context;
  const { profileName } = await aws.sharedConfig();
  const account = [profileName, await aws.region(), options.endpointUrl];
  const key = { kind, account, variables: ACCOUNT_VARIABLES.map((name) => env[name] ?? '') };
  const cache = createValueCache(cacheDirectory(env, platform), () => clock.now());
  const cached = await cache.read(key);
  if (cached !== undefined) return cached;
  try {
    const found = aws.calls().then((calls) => findValues(kind, calls, clock));
    const values = offeredValues(await withTimeout(clock, COMPLETION_LIMIT_MS, found, onTimeout));
    await cache.write(key, values);
    return values;
  } catch (error) {
    await cache.write(key, undefined);
    throw error;
  }
}
