import { Command, Option, type CommanderError } from 'commander';
import { LOG_LEVELS } from '../../logging/level.ts';
import { HELP_OPTIONS } from '../invocation/common-options.ts';
import { wantsQuiet } from '../process/settings.ts';
import type { CommandContext, CommonOptions } from './command-context.ts';
import {
  commandPage,
  COMMON_OPTIONS_TITLE,
  programPage,
  type CommandHelp,
  type HelpPage,
  type HelpSection,
} from './help/help-page.ts';
import { helpWidth } from './help/help-width.ts';
import { renderHelp } from './help/render-help.ts';
import { explainUsage } from './usage/explain-usage.ts';
import { explainValues } from './usage/explain-values.ts';
import { usageError } from './usage/usage-error.ts';
import { ValueError } from './usage/value-error.ts';
import { addAccessOptions, readAccessOptions, type ParsedAccessOptions } from './access-options.ts';
import { withPresetValues } from './optional-values.ts';
import { invalidPort, isPort } from './parse-port.ts';
import {
  addReadyOptions,
  readReadyOptions,
  type ParsedReadyOptions,
  type ReadySubject,
} from './ready-options.ts';

/**
 * Adds description, arguments, options and action to a command; the action works with the context.
 *
 * @returns the rest of the command's help
 */
export type ConfigureCommand = (command: Command, context: CommandContext) => CommandHelp;

/** One command in the table of commands. */
export interface CommandEntry {
  readonly name: string;
  /** A line of the program's help, and of the completion scripts. */
  readonly summary: string;
  /** A command for other programs, which the help does not list. */
  readonly isHidden?: true;
  /** A command whose operands are names of files, which need not be UTF-8. */
  readonly takesBytes?: true;
  /** A command that takes several --region and --profile. */
  readonly takesAccounts?: true;
  /** What `--wait` waits for; undefined for a command without this option. */
  readonly waitsFor?: ReadySubject;
  /** Loads the module of the command. */
  readonly load: () => Promise<ConfigureCommand>;
}

/** What the command line needs of the current run. */
export interface CommandLineHost {
  readonly context: CommandContext;
  /** Takes the common options of the command that was called, before its action begins. */
  readonly takeOptions: (options: CommonOptions) => void;
  /** Writes a help text to stdout. */
  readonly writeHelp: (text: string) => void;
}

const NAME = 'session-manager-plugin';
const VERSION_OPTION = '--version';
const DESCRIPTION = `Shells, commands, SSH and forwarded ports on machines that AWS Systems Manager manages.
The AWS CLI runs this program for "aws ssm start-session". The commands below work without the AWS CLI.`;

const FURTHER_HELP: readonly HelpSection[] = [
  {
    kind: 'text',
    title: 'Targets',
    paragraphs: [
      'A target is the id of an instance (i-…, mi-…), an ECS container (ecs://CLUSTER/SERVICE, or ' +
        'ecs:CLUSTER_TASK_RUNTIME), a connection that you have named in a file (see "connections"), or ' +
        'the Name tag, private address or host name of a managed node. In a terminal you can leave it out, and pick one from a list.',
    ],
  },
  {
    kind: 'items',
    title: 'Exit status',
    items: [
      { term: '0', text: 'the session ended normally' },
      { term: '255', text: 'this program failed, or the session was cut off' },
      { term: '130', text: 'Ctrl-C, before the session started or while exec ran a command' },
      { term: '129, 143', text: 'the terminal was closed (SIGHUP), or SIGTERM ended the program' },
      { term: 'others', text: 'the status of the remote command, which may be any of these, too' },
    ],
  },
  { kind: 'commands', title: 'Help for a command', lines: [`${NAME} forward --help`] },
];

/** The value of an option; a list where the command takes several. */
type Names = string | readonly string[];

/** Options as commander stores them. */
interface ParsedOptions extends ParsedReadyOptions, ParsedAccessOptions {
  readonly profile?: Names;
  readonly region?: Names;
  readonly endpointUrl?: string;
  readonly quiet?: true;
  readonly json?: true;
  readonly logLevel?: CommonOptions['logLevel'];
  readonly color: boolean;
  /** Commander presets it, except in a command with an option --login of its own. */
  readonly login?: boolean;
}

/**
 * The program with the command that the arguments call, for {@link parseArguments}. When they call
 * none, it has the names and summaries of all, for its help, and loads none.
 *
 * @param entries - the table of commands
 * @param args - argv without program names
 */
export async function createProgram(
  entries: readonly CommandEntry[],
  args: readonly string[],
  { context, takeOptions, writeHelp }: CommandLineHost,
): Promise<Command> {
  const program = emptyProgram(context)
    .showSuggestionAfterError(false)
    // Thrown errors are reported by the caller.
    .configureOutput({ writeOut: writeHelp, outputError: () => undefined });
  configureHelp(program, context, () => programPage(program, FURTHER_HELP));
  program.hook('preAction', (_, command) => {
    takeOptions(readCommonOptions(command, context.env));
  });
  const called = entries.find(({ name }) => name === args[0]);
  if (called === undefined) {
    for (const entry of entries) declareCommand(program, entry);
    checkHelpOrVersion(program, args);
  } else {
    await addCommands(program, [called], context);
  }
  return program;
}

/**
 * Reads the arguments, and runs the action of the command that they call.
 *
 * @param args - those that the program was made for
 */
export async function parseArguments(program: Command, args: readonly string[]): Promise<void> {
  const [name = '', ...rest] = args;
  const command = program.commands.find((one) => one.name() === name);
  const given = command === undefined ? args : [name, ...withPresetValues(command, rest)];
  await program.parseAsync(given, { from: 'user' });
}

function emptyProgram({ version }: CommandContext): Command {
  return new Command(NAME)
    .usage('<command> [options]')
    .description(DESCRIPTION)
    .helpCommand(false)
    .version(version, VERSION_OPTION, 'print the version')
    .helpOption('-h, --help', 'show this help');
}

/** @throws UsageError when a command is missing, or unknown */
function checkHelpOrVersion(program: Command, args: readonly string[]): void {
  const [first = ''] = args;
  if (!first.startsWith('-')) {
    program.error(`error: unknown command '${first}'`, { code: 'commander.unknownCommand' });
  }
  const answers = [...HELP_OPTIONS, VERSION_OPTION];
  if (!args.some((argument) => answers.includes(argument)))
    throw usageError(program, 'The command is missing.');
}

/** All commands with their options, only for reading: they parse no arguments. */
export async function loadCommands(
  entries: readonly CommandEntry[],
  context: CommandContext,
): Promise<Command> {
  const program = new Command(NAME);
  await addCommands(program, entries, context);
  return program;
}

/** The help of the program, and of each command in the order of the table. */
export async function loadHelp(
  entries: readonly CommandEntry[],
  context: CommandContext,
): Promise<{ readonly program: HelpPage; readonly commands: readonly HelpPage[] }> {
  const program = emptyProgram(context);
  const commands = await addCommands(program, entries, context);
  return {
    program: programPage(program, FURTHER_HELP),
    commands: commands.map((page) => page()),
  };
}

async function addCommands(
  program: Command,
  entries: readonly CommandEntry[],
  context: CommandContext,
): Promise<readonly (() => HelpPage)[]> {
  const configurations = await Promise.all(entries.map(({ load }) => load()));
  return entries.flatMap((entry, i) => {
    const configure = configurations[i];
    if (configure === undefined) return [];
    const command = declareCommand(program, entry);
    const help = configure(command, context);
    if (entry.waitsFor !== undefined) addReadyOptions(command, entry.waitsFor);
    if (entry.waitsFor === 'target') addAccessOptions(command);
    addCommonOptions(command, entry.takesAccounts === true);
    explainValues(command);
    const page = (): HelpPage => commandPage(command, help);
    configureHelp(command, context, page, help.unknownOptionHint);
    return [page];
  });
}

/** Adds a command with what the help of the program shows of it. */
function declareCommand(program: Command, { name, summary, isHidden }: CommandEntry): Command {
  return program.command(name, { hidden: isHidden === true }).summary(summary);
}

/** Help and usage errors of the program or of a command. */
function configureHelp(
  command: Command,
  { env, terminal }: CommandContext,
  page: () => HelpPage,
  unknownOptionHint?: string,
): void {
  command
    .configureHelp({
      formatHelp: () => renderHelp(page(), helpWidth(env['COLUMNS'], terminal.columns)),
    })
    .exitOverride((error: CommanderError) => {
      // The help was shown.
      if (error.exitCode === 0) throw error;
      throw explainUsage(error, command, unknownOptionHint);
    });
}

function addCommonOptions(command: Command, takesAccounts: boolean): void {
  const several = takesAccounts ? '; repeatable' : '';
  const read = (value: string, before: Names = []): Names =>
    takesAccounts ? [before, needsValue(value)].flat() : needsValue(value);
  command
    .optionsGroup(COMMON_OPTIONS_TITLE)
    .option('--profile <name>', `AWS profile to use${several}`, read)
    .option('--region <name>', `AWS region to use${several}`, read)
    .option('--endpoint-url <url>', 'Systems Manager endpoint to use', httpUrl)
    .option('-q, --quiet', 'print no messages except failures')
    .option('--json', 'print results and failures as JSON')
    .addOption(
      new Option('--log-level <level>', 'write a log to stderr, from this level up').choices(
        LOG_LEVELS,
      ),
    )
    .option('--no-color', 'print no colors')
    .option('--no-login', 'do not offer to sign in when a sign-in has expired')
    .helpOption('-h, --help', 'show this help');
}

function needsValue(value: string): string {
  if (value !== '') return value;
  throw new ValueError(
    ['Pass a name, or leave the option out to use the default.'],
    (what) => `${what} is empty.`,
  );
}

function firstOf(value: Names = ''): string {
  return typeof value === 'string' ? value : (value[0] ?? '');
}

/** The port of a URL, also one too large for the parser of URLs. */
const URL_PORT = /^https?:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/i;

function httpUrl(value: string): string {
  const port = URL_PORT.exec(value)?.[1];
  if (port !== undefined && !isPort(port)) throw invalidPort(port, value);
  const isHttp = URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
  if (!isHttp) throw new ValueError(['Pass a URL that begins with https:// or http://.']);
  return value;
}

function readCommonOptions(command: Command, env: CommandContext['env']): CommonOptions {
  const options = command.opts<ParsedOptions>();
  return {
    profile: firstOf(options.profile),
    region: firstOf(options.region),
    endpointUrl: options.endpointUrl ?? '',
    quiet: options.quiet ?? wantsQuiet(env),
    json: options.json ?? false,
    logLevel: options.logLevel,
    login: options.login ?? true,
    ...{ ready: readReadyOptions(options), access: readAccessOptions(options, command) },
    // no-color.org: whatever the value, unless it is empty. `dumb`: a terminal without sequences (terminfo).
    color: options.color && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
  };
}

/** Example command lines of a help text, each with `session-manager-plugin` before it. */
export function examples(...lines: readonly string[]): readonly string[] {
  return lines.map((line) => `${NAME} ${line}`);
}
