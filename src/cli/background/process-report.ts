import { readError, readPort, type PortStatus, type ReportedError } from './connection-status.ts';
import { count, decoded, flag, oneOf, shape } from './decode.ts';

/** The name of the command that forwards the ports of one connection for the supervisor. */
export const RUN_CONNECTION = '__connection';

/** What the process of a connection reports to the supervisor, a line of JSON each. */
export type ProcessReport =
  | { readonly report: 'port'; readonly index: number; readonly port: PortStatus }
  /** It ends. After a final one, another process would fail in the same way. */
  | { readonly report: 'failed'; readonly error: ReportedError; readonly isFinal: boolean };

/** The longest report, in bytes: a message of AWS is in it. */
export const MAX_REPORT_BYTES = 64 * 1024;

const readKind = shape<{ report: ProcessReport['report'] }>({ report: oneOf(['port', 'failed']) });
const readPortReport = shape({ index: count, port: readPort });
const readFailedReport = shape({ error: readError, isFinal: flag });

function readReport(value: unknown): ProcessReport {
  const { report } = readKind(value);
  return report === 'port'
    ? { report, ...readPortReport(value) }
    : { report, ...readFailedReport(value) };
}

/** A line of the process; undefined when it is none, as of another version of the program. */
export function reportIn(line: string): ProcessReport | undefined {
  return decoded(line, readReport);
}
