// Loaded into the program by NODE_OPTIONS: what it prints about the machine, the time, and how long it took
// is the same on every machine. With FIXED_LOOKUP_ERROR, so is what its name servers answer.

import dns from 'node:dns';
import process from 'node:process';
import { setImmediate } from 'node:timers';

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
process.hrtime.bigint = () => 0n;

const lookupError = process.env['FIXED_LOOKUP_ERROR'];
if (lookupError !== undefined) {
  /** @param {unknown[]} args - the host name, perhaps options, and what takes the answer */
  const answer = (...args) => {
    const done = /** @type {(error: Error) => void} */ (args.at(-1));
    const error = new Error(`getaddrinfo ${lookupError} ${String(args[0])}`);
    setImmediate(() => done(Object.assign(error, { code: lookupError, syscall: 'getaddrinfo' })));
  };
  Object.defineProperty(dns, 'lookup', { value: answer });
}
