// Loaded into the program by NODE_OPTIONS: what it prints about the machine, the time, and how long it took
// is the same on every machine.

import process from 'node:process';

const FACTS = { version: 'v22.22.2', arch: 'x64', platform: 'linux' };
const now = Number(process.env['FIXED_TIME']);

for (const [name, value] of Object.entries(FACTS)) {
  Object.defineProperty(process, name, { value });
}
Date.now = () => now;
globalThis.Date = new Proxy(Date, {
  construct(date, given) {
    /** @type {unknown} */
    const made = Reflect.construct(date, given.length === 0 ? [now] : given);
    return /** @type {object} */ (made);
  },
});
globalThis.performance.now = () => 0;
