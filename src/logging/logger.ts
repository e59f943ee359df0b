/**
 * The program's log, for finding the cause of a failure. It never gets a token, a key or the contents of
 * a payload: only sizes, numbers and names.
 */
export interface Logger {
  error(message: string): void;
  warn(message: string): void;
  /** Opening the data channel, reconnecting. */
  info(message: string): void;
  /** Packets and acknowledgements. Check `debugEnabled` first if making the text costs time. */
  debug(message: string): void;
  trace(message: string): void;
  readonly debugEnabled: boolean;
}

const ignore = (): void => undefined;

/** A logger that writes nothing: by default logging is off. */
export const silentLogger: Logger = {
  error: ignore,
  warn: ignore,
  info: ignore,
  debug: ignore,
  trace: ignore,
  debugEnabled: false,
};
