import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ProtocolError } from '../../src/protocol/protocol-error.ts';
import { createSmuxDecoder } from '../../src/protocol/smux/smux-decoder.ts';
import { SmuxCommand } from '../../src/protocol/smux/smux-frame.ts';
import { encodeSmuxFrame } from '../protocol/smux/encode-smux-frame.ts';
import type { Random } from '../support/random.ts';
import { fuzz } from './support/cases.ts';
import { mutateBytes } from './support/mutations.ts';

function damagedStream(random: Random): Buffer {
  const frames = Array.from({ length: random.between(1, 6) }, () =>
    encodeSmuxFrame({
      command: random.pick<SmuxCommand>([
        SmuxCommand.Syn,
        SmuxCommand.Fin,
        SmuxCommand.Push,
        SmuxCommand.Nop,
      ]),
      streamId: random.below(9),
      data: random.bytes(random.below(60)),
    }),
  );
  return mutateBytes(Buffer.concat(frames), random);
}

/** What a stream means, whatever the pieces were: frames with the bytes of each run joined. */
function meaning(pieces: readonly Buffer[]): readonly string[] {
  const decoder = createSmuxDecoder();
  const frames: string[] = [];
  let last: { key: string; hex: string } | undefined;
  const finishRun = (): void => {
    if (last !== undefined) frames.push(`${last.key} ${last.hex}`);
    last = undefined;
  };
  try {
    for (const piece of pieces) {
      decoder.push(piece, ({ command, streamId, data }) => {
        const key = `${command} ${streamId}`;
        if (data.length > 0 && last?.key === key) {
          last.hex += data.toString('hex');
          return;
        }
        finishRun();
        if (data.length > 0) last = { key, hex: data.toString('hex') };
        else frames.push(key);
      });
    }
    finishRun();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    finishRun();
    frames.push(error.reason);
  }
  return frames;
}

function split(bytes: Buffer, random: Random): readonly Buffer[] {
  const pieces: Buffer[] = [];
  for (let rest = bytes; rest.length > 0;) {
    const length = random.between(1, Math.min(rest.length, 20));
    pieces.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return pieces;
}

it('a damaged stream means the same however it is cut, and is refused at the same place', () =>
  fuzz(damagedStream, (bytes, random) => {
    assert.deepEqual(meaning(split(bytes, random)), meaning([bytes]));
  }));
