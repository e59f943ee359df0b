// Loaded into the program by NODE_OPTIONS: an exception that is not caught, at a moment a test chooses.

import process from 'node:process';

process.on('SIGUSR2', () => {
  throw new Error('thrown by the test');
});
