// A process that copies a file of zeros from a target, and prints its peak of resident memory, in bytes.
// Arguments: the size of the file, in bytes.

import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { limitCopyMemory } from '../../../../../src/cli/remote/collect-copied.ts';
import { createDownloader } from '../../../../../src/commands/cp/down/create-downloader.ts';
import { systemClock } from '../../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../../src/logging/logger.ts';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';
import { createShellTarget } from './shell-target.ts';
import { SHELL, targetShell } from './target-shells.ts';

const size = Number(process.argv[2]);
const cleanups: (() => unknown)[] = [];
const scope = { after: (cleanup: () => unknown) => void cleanups.unshift(cleanup) };
const shell = targetShell(scope, SHELL);
const directory = temporaryDirectory(scope);
const path = join(directory, 'source');
writeFileSync(path, '');
truncateSync(path, size);
const downloader = createDownloader({
  sessions: createShellTarget(scope, shell),
  clock: systemClock,
  logger: silentLogger,
  // Without compression, so that all bytes pass.
  tools: { ...shell.tools, hasGzip: false },
  directory,
  maxCommands: 1,
  limitRate: undefined,
  freeWritten: limitCopyMemory(),
  randomHex: (bytes) => '01'.repeat(bytes),
});
let copied = 0;
await downloader.download({
  title: 'web:source',
  source: { kind: 'file', setPath: `f=${path}`, size },
  sudo: false,
  from: 0,
  signal: new AbortController().signal,
  write(bytes) {
    copied += bytes.length;
    return Promise.resolve();
  },
});
await downloader.close();
for (const cleanup of cleanups) await cleanup();
const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
process.stdout.write(`${copied} ${Number(kibibytes) * 1024}\n`);
