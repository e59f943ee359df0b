/** `help` is not among them: callers get "Unknown operation" for it. */
const HELP_OPTIONS: ReadonlySet<string> = new Set(['--help', '-h']);

/**
 * Whether the arguments call a command of the program, or ask for the help of the program. No caller
 * passes such a first argument.
 *
 * @param args - argv without program names
 * @param commands - names of all commands
 */
export function isSubcommand(args: readonly string[], commands: readonly string[]): boolean {
  const [first = ''] = args;
  return commands.includes(first) || (args.length === 1 && HELP_OPTIONS.has(first));
}
