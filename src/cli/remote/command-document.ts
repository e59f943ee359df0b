import type { PlatformType, SessionDocument } from '../../aws/aws.ts';
import { commandFailures } from '../../failures/commands.ts';
import { CommandError } from '../framework/command-context.ts';
import { DOCUMENT, type TargetFacts } from './inspect-target.ts';

/** What a document does with a command, besides running it. */
export interface CommandSettings {
  /** Parameters that make the agent keep the outputs apart and report the exit status. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  /** The prefix that the agent adds to stdout; empty for none. */
  readonly stdoutPrefix: string;
  readonly stderrPrefix: string;
}

const SEPARATE_OUTPUT = 'separateOutputStream';
const STDOUT_PREFIX = 'stdOutSeparatorPrefix';
const STDERR_PREFIX = 'stdErrSeparatorPrefix';

/** What the agent takes as true (its `ConvertToBool`). */
const TRUE = /^(?:1|t|true)$/i;
/** A property that is a parameter of the document. */
const PARAMETER = /^\{\{\s*(\w+)\s*\}\}$/;

/** The facts of the public document, whose prefixes are empty unless they are set. */
const PUBLIC_SETTINGS: CommandSettings = {
  parameters: { [SEPARATE_OUTPUT]: ['true'] },
  stdoutPrefix: '',
  stderrPrefix: '',
};

const PLATFORM_KEYS: Readonly<Record<PlatformType, string>> = {
  Linux: 'linux',
  MacOS: 'macos',
  Windows: 'windows',
};

/**
 * What the document of the account does with a command; where it cannot be read, what the public one does.
 *
 * @param remedy - what to do about a document that is too old
 * @throws CommandError when the document cannot report an exit status
 */
export function settingsOf({ document, platform }: TargetFacts, remedy: string): CommandSettings {
  if (typeof document === 'string') return PUBLIC_SETTINGS;
  const settings = readCommandDocument(document, platform);
  if (settings !== undefined) return settings;
  throw new CommandError(commandFailures['document-without-status'](DOCUMENT, remedy));
}

/**
 * What a command document does with its parameters. Its output prefixes cannot be switched off: the service
 * rejects an empty value for a parameter.
 *
 * @param platform - Linux when it is not known
 * @returns undefined when the document is too old to mark stdout and stderr
 */
export function readCommandDocument(
  document: SessionDocument,
  platform: PlatformType | undefined,
): CommandSettings | undefined {
  const own = document.properties[PLATFORM_KEYS[platform ?? 'Linux']];
  const properties = typeof own === 'object' && own !== null ? own : {};
  const propertyOf = (name: string): Property =>
    readProperty(document, name, Reflect.get(properties, name));

  const separate = propertyOf(SEPARATE_OUTPUT);
  const parameters = separateParameters(document, separate);
  if (parameters === undefined) return undefined;
  return {
    parameters,
    stdoutPrefix: propertyOf(STDOUT_PREFIX).value,
    stderrPrefix: propertyOf(STDERR_PREFIX).value,
  };
}

/** The value that the agent receives for one of the properties. */
interface Property {
  readonly value: string;
  /** The parameter that changes it; undefined when none does. */
  readonly parameter: string | undefined;
}

function readProperty(document: SessionDocument, name: string, written: unknown): Property {
  const text = typeof written === 'boolean' ? String(written) : written;
  const parameter =
    typeof text === 'string'
      ? PARAMETER.exec(text)?.[1]
      : // A document that does not show what it does with its parameters.
        [...document.parameters.keys()].find((key) => key.toLowerCase() === name.toLowerCase());
  if (parameter === undefined) {
    return { value: typeof text === 'string' ? text : '', parameter: undefined };
  }
  return { value: document.parameters.get(parameter)?.defaultValue ?? '', parameter };
}

function separateParameters(
  document: SessionDocument,
  { value, parameter }: Property,
): CommandSettings['parameters'] | undefined {
  if (parameter === undefined) return TRUE.test(value) ? {} : undefined;
  const allowed = document.parameters.get(parameter)?.allowedValues ?? ['true'];
  const yes = allowed.find((option) => TRUE.test(option));
  return yes === undefined ? undefined : { [parameter]: [yes] };
}
