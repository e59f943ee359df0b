import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A frame recorded between a real agent and the public client, with its fields. */
export interface RecordedFrame {
  /** Which conversation it is from. */
  readonly session: string;
  readonly direction: 'agent to client' | 'client to agent';
  readonly messageType: string;
  readonly sequenceNumber: number;
  readonly flags: number;
  readonly payloadType: number;
  readonly messageId: string;
  readonly createdDate: number;
  /** Absent where the payload is no text. */
  readonly payload?: string;
  readonly hex: string;
}

type Sessions = Readonly<Record<string, readonly Omit<RecordedFrame, 'session'>[]>>;

const sessions = JSON.parse(
  readFileSync(join(import.meta.dirname, 'vectors.json'), 'utf8'),
) as Sessions;

/** All recorded frames in the order in which they were sent. */
export const recordedFrames: readonly RecordedFrame[] = Object.entries(sessions).flatMap(
  ([session, frames]) => frames.map((frame) => ({ session, ...frame })),
);
