/**
 * What the program notes for whoever looks for a fault later. Never a token, a key or payload
 * contents: sizes, numbers and names only.
 */
export interface Logger {
  error(message: string): void;
  warn(message: string): void;
  /** Opening the data channel, reconnecting. */
  info(message: string): void;
  /** Packets and acknowledgements; asks `debugEnabled` first where the text costs something. */
  debug(message: string): void;
  trace(message: string): void;
  readonly debugEnabled: boolean;
}

const ignore = (): void => undefined;

/** The logger of a program whose logging is off, as it is by default. */
export const silentLogger: Logger = {
  error: ignore,
  warn: ignore,
  info: ignore,
  debug: ignore,
  trace: ignore,
  debugEnabled: false,
};
