import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Of the library `ws`: masks the bytes of frames, from Node.js 26 on by functions of `node:http`. */
const BUFFER_UTIL = /[\\/]ws[\\/]lib[\\/]buffer-util\.js$/;

/** In place of the import: whether the functions of Node.js are used, which they are not for the first frame. */
const HAS_NATIVE = `const http = require('http');
let isFirst = true;
function hasNative() {
  const is = !isFirst && http.websocketMask !== undefined;
  isFirst = false;
  return is;
}`;

const EDITS: readonly (readonly [string, string])[] = [
  ["const { websocketMask, websocketUnmask } = require('http');", HAS_NATIVE],
  ['if (websocketMask) {', 'if (true) {'],
  ['if (length < 24)', 'if (length < 24 || !hasNative())'],
  ['else websocketMask(', 'else http.websocketMask('],
  ['if (buffer.length < 24)', 'if (buffer.length < 24 || !hasNative())'],
  ['else websocketUnmask(', 'else http.websocketUnmask('],
];

/**
 * Lets `ws` load `node:http` with its second frame, and not when it is evaluated: that takes a millisecond, and a
 * session needs nothing else of it (`src/socket/upgrade/`). The loop of `ws` masks the first frame, which opens the
 * session. It is not for all frames: V8 would soon compile it with its optimizing compilers, and their pages of the
 * program would stay in memory, 9 MB.
 *
 * It works together with `lateBuiltins`, which loads a module at the first use.
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
