// `npm run bench` prints all figures, `npm run bench -- shell port` those of some parts.

import { benchConnection } from './connection.ts';
import { benchCopy } from './copy/copy.ts';
import { benchFast } from './fast/fast.ts';
import { benchLossy } from './lossy/lossy.ts';
import { benchNative } from './native.ts';
import { benchPaced } from './paced/paced.ts';
import { benchParallel } from './parallel/parallel.ts';
import { benchPort } from './port.ts';
import { benchShell } from './shell.ts';
import { benchTunnels } from './tunnels/tunnels.ts';
import { benchStart } from './start/start.ts';
import { benchStartup } from './startup.ts';

const parts: Readonly<Record<string, () => void | Promise<void>>> = {
  native: benchNative,
  startup: benchStartup,
  start: benchStart,
  connection: benchConnection,
  shell: benchShell,
  port: benchPort,
  forward: benchParallel,
  tunnels: benchTunnels,
  fast: benchFast,
  paced: benchPaced,
  lossy: benchLossy,
  copy: benchCopy,
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in parts));
if (unknown.length > 0) {
  process.stderr.write(
    `No such part: ${unknown.join(', ')}. There are ${Object.keys(parts).join(', ')}.\n`,
  );
  process.exitCode = 1;
} else {
  process.stdout.write(`Node.js ${process.version}, ${process.platform} ${process.arch}\n`);
  for (const [name, bench] of Object.entries(parts)) {
    if (chosen.length === 0 || chosen.includes(name)) await bench();
  }
}
