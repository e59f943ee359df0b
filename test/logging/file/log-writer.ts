import { systemClock } from '../../../src/lib/clock.ts';
import { createLogFile } from '../../../src/logging/file/log-file.ts';
import { systemLogFileSystem } from '../../../src/logging/file/log-file-system.ts';

// A session among several that share a log file: writes numbered lines under its name.
const [path = '', name = '', count = '0', maxBytes = '1'] = process.argv.slice(2);

const file = createLogFile({
  path,
  fs: systemLogFileSystem,
  clock: systemClock,
  settings: {
    rolling: { maxBytes: Number(maxBytes), maxRolls: 0 },
    droppedLine: (dropped) => `dropped ${dropped}\n`,
  },
  failed: (attempt, _, error) => {
    console.error(attempt, error);
    process.exitCode = 1;
  },
});

for (let line = 0; line < Number(count); line += 1) {
  file.append(`${name} ${line} ${'-'.repeat(line % 50)}.\n`);
  // Some lines one by one, some together, like a session.
  if (line % 7 === 0) await file.flush();
}
await file.flush();
