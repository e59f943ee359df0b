// `node download.mjs URL FILE BYTES` downloads a URL to a file of at most BYTES, and prints on its standard output
// why it cannot.

import { createWriteStream } from 'node:fs';
import process from 'node:process';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Node.js reads the variables of proxies from these versions on (its documentation, NODE_USE_ENV_PROXY). */
const FIRST_WITH_PROXY = /** @type {const} */ ({ 22: 21, 24: 5 });
const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];

const [, , url = '', file = '', limit = '0'] = process.argv;

function knowsProxies() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major === 22 || major === 24) return minor >= FIRST_WITH_PROXY[major];
  return major > 24;
}

/**
 * @param {unknown} error
 * @returns {string}
 */
function reason(error) {
  if (!(error instanceof Error)) return String(error);
  // `fetch` explains its failure in the cause of the error.
  return error.cause instanceof Error ? reason(error.cause) : error.message;
}

/** @returns {Promise<string | undefined>} why it failed */
async function download() {
  if (PROXY_VARIABLES.some((name) => (process.env[name] ?? '') !== '') && !knowsProxies()) {
    return `Node.js ${process.version} cannot use a proxy: start the build with Node.js 22.21 or newer, or download the files to a directory`;
  }
  let received = 0;
  try {
    const response = await globalThis.fetch(url, { headers: { 'accept-encoding': 'identity' } });
    if (!response.ok || response.body === null) return `status ${response.status}`;
    const bound = new Transform({
      transform(/** @type {Uint8Array} */ chunk, _encoding, done) {
        received += chunk.length;
        const fits = received <= Number(limit);
        done(fits ? null : new RangeError(`longer than ${limit} bytes`), chunk);
      },
    });
    await pipeline(response.body, bound, createWriteStream(file));
    return undefined;
  } catch (error) {
    return received === 0 ? reason(error) : `${reason(error)}, after ${received} bytes`;
  }
}

const failure = await download();
if (failure !== undefined) {
  process.stdout.write(`${failure}\n`);
  process.exitCode = 1;
}
