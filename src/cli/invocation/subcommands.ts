/** First arguments that are commands of the program's own; no caller passes any of them. */
export const SUBCOMMANDS: ReadonlySet<string> = new Set([
  'start-session',
  'shell',
  'exec',
  'forward',
  'ssh-proxy',
  'ssh-config',
  'targets',
  'sessions',
  'doctor',
  'completion',
]);

/** The same for an argument that stands alone. `help` is an unknown operation, as ever. */
const HELP_OPTIONS: ReadonlySet<string> = new Set(['--help', '-h']);

/** Whether the arguments are for `src/commands/`. */
export function isSubcommand(args: readonly string[]): boolean {
  const [first = ''] = args;
  return SUBCOMMANDS.has(first) || (args.length === 1 && HELP_OPTIONS.has(first));
}
