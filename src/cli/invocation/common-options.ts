/** Options that every command takes, without a value. */
export const COMMON_FLAGS: readonly string[] = [
  '-q',
  '--quiet',
  '--json',
  '--no-color',
  '--no-login',
];
/** Options that every command takes, with a value: `--region x` or `--region=x`. */
export const COMMON_VALUES: readonly string[] = [
  '--profile',
  '--region',
  '--endpoint-url',
  '--log-level',
];
/** Options for the help of the program or of a command. */
export const HELP_OPTIONS: readonly string[] = ['--help', '-h'];
