/**
 * A logging configuration that cannot be used. The message names what to correct, because it is shown to
 * the user who edited the file.
 */
export class LoggingConfigurationError extends Error {
  override readonly name = 'LoggingConfigurationError';
}
