import type { Readable } from 'node:stream';
import type { RunCommandCalls } from '../../../aws/run-command.ts';
import type { ObjectStoreCalls } from '../../../aws/object-store.ts';
import { isAwsError } from '../../../aws/sdk/aws-error.ts';
import type { BucketPlace } from '../../../cli/storage/bucket-place.ts';
import { createCallPace } from './batches/call-pace.ts';
import type { EndedMachine } from './batches/fleet-state.ts';
import { NO_STREAM, type MachineEnd, type MachineResult, type MachineStream } from './machine.ts';
import { repeatCall, type Repeating } from './batches/repeat-call.ts';

/** Shortest time between two calls that read an output, in milliseconds: fewer than 10 a second. */
const OUTPUT_GAP_MS = 110;
/** Bytes of both streams in a list, with the texts of the agent (agent, `MaximumPluginOutputSize`). */
const LISTED_BYTES = 2_500;
/** What the agent puts between the streams, and after one that it has cut (agent, `iohandler.go`). */
const ERROR_TITLE = '\n----------ERROR-------\n';
const LISTED_CUTS = ['\n---Output truncated---', '\n---Error truncated----'];
/** What it adds to the end of a stream that is too long, and how long a stream then is (`DefaultOutputConfig`). */
const CUT = '--output truncated--';
const STDOUT_BYTES = 24_000;
const STDERR_BYTES = 8_000;

/** Bytes of a stream that are read from a bucket: they are in memory until they are printed. */
const MAX_WHOLE_BYTES = 64 * 1024 * 1024;

/** What reading outputs needs. */
export interface OutputSource extends Repeating {
  readonly calls: Pick<RunCommandCalls, 'invocationOutput'> & ObjectStoreCalls;
  /** Where the agents have stored the whole streams; undefined for nowhere. */
  readonly store: BucketPlace | undefined;
  /** Ends the reading. */
  readonly signal: AbortSignal;
  /** An output could not be read whole, and a part of it is used. */
  readonly onPartial: (machine: EndedMachine, error: Error) => void;
}

/** @returns reads the output of a machine: without a call where the list has all of it */
export function createOutputReader(
  source: OutputSource,
): (ended: EndedMachine) => Promise<MachineResult> {
  const pace = createCallPace(source.clock, OUTPUT_GAP_MS);
  return async (ended) => {
    const { machine, end, listed, commandId } = ended;
    const known = withoutOutput(ended);
    if (listed === '' || commandId === undefined) return known;
    const whole = wholeStdout(listed, end);
    if (whole !== undefined) return { ...known, stdout: streamOf(whole) };
    try {
      const output = await repeatCall(source, async () => {
        await pace.next();
        return source.calls.invocationOutput(commandId, machine.id);
      });
      const { stdoutUrl, stderrUrl } = output;
      const stdout = readStream(output.stdout, STDOUT_BYTES);
      const stderr = withoutFailure(readStream(output.stderr, STDERR_BYTES), end);
      return {
        ...known,
        stdout: await readWhole(source, ended, stdout, stdoutUrl),
        stderr: withoutFailure(await readWhole(source, ended, stderr, stderrUrl), end),
      };
    } catch (error) {
      if (!isAwsError(error)) throw error;
      source.onPartial(ended, error);
      return { ...known, stdout: { ...streamOf(listed), isCut: true } };
    }
  };
}

/** How the command ended on a machine, and none of its output. */
export function withoutOutput({ machine, end, commandId }: EndedMachine): MachineResult {
  return { machine, end, commandId, stdout: NO_STREAM, stderr: NO_STREAM };
}

/** Stdout, where a list has it whole and stderr has nothing of the command; undefined otherwise. */
function wholeStdout(listed: string, end: MachineEnd): string | undefined {
  const added = `${ERROR_TITLE}${failureText(end)}`;
  const stdout =
    end.kind === 'exited' && listed.endsWith(added) ? listed.slice(0, -added.length) : listed;
  const isCut = LISTED_CUTS.some((mark) => listed.includes(mark));
  if (isCut || stdout.includes(ERROR_TITLE) || Buffer.byteLength(listed) >= LISTED_BYTES) {
    return undefined;
  }
  return stdout;
}

function streamOf(text: string): MachineStream {
  return { bytes: Buffer.from(text), isCut: false };
}

/** A stream that is as long as the agent lets it be ends with its mark. */
function readStream(text: string, limit: number): MachineStream {
  const isCut = text.endsWith(CUT) && Buffer.byteLength(text) >= limit;
  return { bytes: Buffer.from(isCut ? text.slice(0, -CUT.length) : text), isCut };
}

/** The agent adds to stderr that the command has failed, which its status shows (agent, `runscript.go`). */
function withoutFailure(stream: MachineStream, end: MachineEnd): MachineStream {
  const added = Buffer.from(failureText(end));
  const start = stream.bytes.length - added.length;
  const hasIt = end.kind === 'exited' && start >= 0 && stream.bytes.subarray(start).equals(added);
  return hasIt ? { ...stream, bytes: stream.bytes.subarray(0, start) } : stream;
}

function failureText(end: MachineEnd): string {
  return `failed to run commands: exit status ${end.kind === 'exited' ? end.status : ''}`;
}

/** Reads a stream that was cut from the bucket, where the agent has stored it whole. */
async function readWhole(
  { calls, store, signal, onPartial }: OutputSource,
  ended: EndedMachine,
  stream: MachineStream,
  url: string,
): Promise<MachineStream> {
  if (!stream.isCut || store === undefined) return stream;
  try {
    const objects = await calls.objectStore(store.bucket);
    const content = await objects.read(keyOf(url, store.bucket), 0, signal);
    return await readStart(content);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    onPartial(ended, error);
    return stream;
  }
}

/** Reads a stream, up to the limit of what is kept in memory. */
async function readStart(content: Readable): Promise<MachineStream> {
  const chunks: Buffer[] = [];
  let room = MAX_WHOLE_BYTES;
  for await (const chunk of content) {
    const bytes = Buffer.from(chunk as Uint8Array);
    chunks.push(bytes.subarray(0, room));
    room -= bytes.length;
    if (room < 0) return { bytes: Buffer.concat(chunks), isCut: true };
  }
  return { bytes: Buffer.concat(chunks), isCut: false };
}

/** The key of an object in a URL that names the bucket in its path, or in its host. */
function keyOf(url: string, bucket: string): string {
  const path = decodeURIComponent(new URL(url).pathname.slice(1));
  return path.startsWith(`${bucket}/`) ? path.slice(bucket.length + 1) : path;
}
