// Loaded into the program by NODE_OPTIONS: from SIGUSR2 on, each session that starts throws an error
// before it watches over itself. It deletes an environment variable then.

import { writeSync } from 'node:fs';
import process from 'node:process';

const STDERR = 2;

process.on('SIGUSR2', () => {
  process.env = new Proxy(process.env, {
    deleteProperty() {
      throw new Error('thrown by the test');
    },
  });
  writeSync(STDERR, 'armed\n');
});
