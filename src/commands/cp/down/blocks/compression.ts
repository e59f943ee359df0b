import { deflateRawSync } from 'node:zlib';
import { UNIT_BYTES, type BlockEncoding } from './block-request.ts';
import type { DecodedBlock } from './reply-reader.ts';

/**
 * The share of its size that a sample may keep for compression to pay. Compressing costs the target time,
 * and each block one more process.
 */
const PAYS_BELOW = 0.8;
/** The share at which compression has stopped to pay. */
const STOPS_ABOVE = 0.9;
/** Plain blocks between two samples: 6 MiB of the largest. A sample costs some milliseconds here. */
const BLOCKS_BETWEEN_SAMPLES = 32;
/** The level that `gzip -1` has on the target. */
const LEVEL = 1;

/** Decides whether the target compresses blocks, by samples of what has arrived. */
export interface Compression {
  /** For the next request. */
  readonly encoding: BlockEncoding;
  /** Notes a block that has arrived, and how it was asked for. */
  arrived(block: DecodedBlock, encoding: BlockEncoding): void;
}

/** @param isPossible - whether the target has gzip */
export function createCompression(isPossible: boolean): Compression {
  let encoding: BlockEncoding = 'plain';
  let untilSample = 0;
  return {
    get encoding() {
      return encoding;
    },
    arrived({ data, carriedBytes }, asked) {
      if (!isPossible || data.length === 0) return;
      if (asked === 'gzip') {
        if (carriedBytes <= data.length * STOPS_ABOVE || encoding === 'plain') return;
        encoding = 'plain';
        untilSample = BLOCKS_BETWEEN_SAMPLES;
      } else if (encoding === 'plain' && --untilSample < 0) {
        untilSample = BLOCKS_BETWEEN_SAMPLES;
        const sample = data.subarray(0, UNIT_BYTES);
        const kept = deflateRawSync(sample, { level: LEVEL }).length;
        if (kept <= sample.length * PAYS_BELOW) encoding = 'gzip';
      }
    },
  };
}
