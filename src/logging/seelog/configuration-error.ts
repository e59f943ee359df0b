/**
 * A logging configuration that cannot be used. Its text says what to correct, for it is shown to
 * the person who edited the file.
 */
export class LoggingConfigurationError extends Error {
  override readonly name = 'LoggingConfigurationError';
}
