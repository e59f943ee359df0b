/** 128 and the number of SIGUSR1 on Linux, as POSIX shells report it. */
const STATUS = 138;

// Without a listener SIGUSR1 opens Node.js's debugger on 127.0.0.1:9229 to every user of the machine, which
// could read the AWS keys (Node.js, "Signal events"). This is the first module that runs. A session, or a
// command, listens as well, and ends. The native binary has an option against the debugger, with which the
// runtime leaves the signal blocked in every thread (cli/process/signals/blocked-sigusr1.ts).
process.on('SIGUSR1', () => {
  if (process.listenerCount('SIGUSR1') === 1) process.exit(STATUS);
});
