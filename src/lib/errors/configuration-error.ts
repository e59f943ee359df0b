import { familyOf, ProgramError } from './program-error.ts';

/** The kind of input that cannot be used. */
export type ConfigurationErrorReason =
  /** An environment variable of the program. */
  | 'setting'
  /** A line of a shared AWS file. */
  | 'shared-file'
  /** A command in a shared AWS file that cannot be split into words. */
  | 'command-syntax'
  /** The logging configuration. */
  | 'logging'
  /** A log file in a place that another user controls. */
  | 'log-file';

/** Those without a code of their own become part of another failure. */
const CODES: Readonly<Record<ConfigurationErrorReason, string>> = {
  setting: 'setting-invalid',
  'shared-file': 'aws-file-unreadable',
  'command-syntax': 'credential-process-failed',
  logging: '',
  'log-file': '',
};

/**
 * A variable, or a part of a file, that the user has written cannot be used. The message names the place
 * and what to change. It quotes nothing of the shared AWS files.
 */
export class ConfigurationError extends ProgramError<ConfigurationErrorReason> {
  override readonly name = 'ConfigurationError';

  constructor(reason: ConfigurationErrorReason, problem: string, remedy = '') {
    super('configuration', { code: CODES[reason], reason, problem, remedy });
  }
}

/** Whether an error is a {@link ConfigurationError} about this. */
export function isConfigurationError(
  thrown: unknown,
  reason: ConfigurationErrorReason,
): thrown is ConfigurationError {
  return isOfFamily(thrown) && thrown.reason === reason;
}

function isOfFamily(thrown: unknown): thrown is ConfigurationError {
  return familyOf(thrown) === 'configuration';
}
