import { systemClock } from '../../src/lib/clock.ts';
import { systemLogFileSystem } from '../../src/logging/file/log-file-system.ts';
import { createLogging } from '../../src/logging/logging.ts';

// A program that logs and then ends without closing its log.
const { logger } = createLogging({
  env: process.env,
  platform: process.platform,
  fs: systemLogFileSystem,
  clock: systemClock,
  warn: (text) => console.error(text),
  console: (text) => process.stderr.write(text),
});

function openDataChannel(): void {
  logger.info('opening the data channel');
}
openDataChannel();
