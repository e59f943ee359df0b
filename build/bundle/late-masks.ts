import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Of the library `ws`: masks the bytes of frames, from Node.js 26 on by functions of `node:http`. */
const BUFFER_UTIL = /[\\/]ws[\\/]lib[\\/]buffer-util\.js$/;

/**
 * Bytes of a frame from which the function of Node.js masks it. Below, the loop of `ws` takes some microseconds, and
 * `node:http` a millisecond to load: the first frame of each session, with its token, has about 250 bytes. Bulk data
 * is sent in frames of more than 1 KiB.
 */
const LARGE_FRAME_BYTES = 1024;

const EDITS: readonly (readonly [string, string])[] = [
  ["const { websocketMask, websocketUnmask } = require('http');", "const http = require('http');"],
  ['if (websocketMask) {', 'if (true) {'],
  ['if (length < 24)', `if (length < ${LARGE_FRAME_BYTES} || !http.websocketMask)`],
  ['else websocketMask(', 'else http.websocketMask('],
  ['if (buffer.length < 24)', `if (buffer.length < ${LARGE_FRAME_BYTES} || !http.websocketUnmask)`],
  ['else websocketUnmask(', 'else http.websocketUnmask('],
];

/**
 * Lets `ws` load `node:http` with the first large frame, and not when it is evaluated. A session needs nothing else
 * of it (`src/socket/upgrade/`). It works together with `lateBuiltins`, which loads a module at the first use.
 */
export function lateMasks(): Plugin {
  return {
    name: 'late-masks',
    setup(build) {
      build.onLoad({ filter: BUFFER_UTIL }, async ({ path }) => {
        let contents = await readFile(path, 'utf8');
        for (const [before, after] of EDITS) {
          if (contents.split(before).length !== 2) {
            return { errors: [{ text: `this version of ws has no ${before}` }] };
          }
          contents = contents.replace(before, after);
        }
        return { contents, loader: 'js' };
      });
    },
  };
}
