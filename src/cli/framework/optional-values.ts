import type { Command, Option } from 'commander';

const END_OF_OPTIONS = '--';

/**
 * Gives each option whose value may be left out its preset value, unless it has one after `=`. Otherwise the parser would
 * take the next argument for it: the name of the target in `--wait web`.
 *
 * @param command - whose options they are
 * @param args - from the first argument of the command on
 */
export function withPresetValues(command: Command, args: readonly string[]): readonly string[] {
  const end = args.indexOf(END_OF_OPTIONS);
  const count = end === -1 ? args.length : end;
  const given: string[] = [];
  for (let at = 0; at < count; at++) {
    const argument = args[at] ?? '';
    const option = optionOf(command, argument);
    const preset: unknown = option?.presetArg;
    given.push(
      option?.optional === true && typeof preset === 'string' ? `${argument}=${preset}` : argument,
    );
    // The next argument is the value, whatever it looks like.
    if (option?.required === true && at + 1 < count) given.push(args[++at] ?? '');
  }
  return [...given, ...args.slice(count)];
}

function optionOf({ options }: Command, argument: string): Option | undefined {
  return options.find(({ long, short }) => argument === long || argument === short);
}
