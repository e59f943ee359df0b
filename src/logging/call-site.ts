import { fileURLToPath } from 'node:url';

/** The place in the program that logged a message. */
export interface CallSite {
  /** Absolute path of the source file; in the product that is its bundle. */
  readonly file: string;
  /** Counted from 1; 0 when unknown. */
  readonly line: number;
  /** The function's name with what it belongs to, e.g. `Socket.onMessage`. */
  readonly functionName: string;
}

/** The name in a log of a function without a name. */
export const ANONYMOUS_FUNCTION = 'anonymous';

const UNKNOWN_SITE: CallSite = { file: 'unknown', line: 0, functionName: ANONYMOUS_FUNCTION };

const NAMED_FRAME = /^ {4}at (?:async |new )*(?<name>.+?)(?: \[as [^\]]*\])? \((?<place>.*)\)$/;
const NAMELESS_FRAME = /^ {4}at (?:async )?(?<place>.*)$/;
const PLACE = /^(?<file>.*?):(?<line>\d+):\d+$/;

/**
 * Reads one line of a stack trace in V8's form (V8, "Stack trace API"), e.g.
 * `    at Socket.onMessage (file:///opt/plugin.mjs:12:5)`.
 */
export function parseStackFrame(frame: string): CallSite {
  const groups = (NAMED_FRAME.exec(frame) ?? NAMELESS_FRAME.exec(frame))?.groups;
  const place = PLACE.exec(groups?.['place'] ?? '')?.groups;
  const file = place?.['file'];
  if (file === undefined) return UNKNOWN_SITE;
  return {
    file: file.startsWith('file://') ? fileURLToPath(file) : file,
    line: Number(place?.['line']),
    functionName: groups?.['name'] ?? ANONYMOUS_FUNCTION,
  };
}

// A program logs from few places, again and again.
const knownSites = new Map<string, CallSite>();

function siteOf(frame: string): CallSite {
  const site = knownSites.get(frame) ?? parseStackFrame(frame);
  knownSites.set(frame, site);
  return site;
}

/**
 * Finds the caller of a function that is running now. It costs some microseconds. Call it only when a
 * format or an exception of the configuration needs it.
 *
 * @param callee - the function whose caller to find
 */
export function captureCallSite(callee: (message: string) => void): CallSite {
  const trace: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(trace, callee);
  // The text of the stack is made when it is first read, while the limit of one frame still applies.
  const frame = trace.stack?.split('\n').at(-1) ?? '';
  Error.stackTraceLimit = limit;
  return siteOf(frame);
}
