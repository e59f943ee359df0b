// Loaded into the program by NODE_OPTIONS: a mistake that nobody catches, at a moment a test chooses.

import process from 'node:process';

process.on('SIGUSR2', () => {
  throw new Error('thrown by the test');
});
