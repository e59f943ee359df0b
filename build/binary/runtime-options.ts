/** SIGUSR1 would open the debugger to every user of the machine, and with it the keys of AWS. */
const WITHOUT_DEBUGGER = '--disable-sigusr1';

/**
 * Half of the young generation at the start, in megabytes. Until its WebSocket is open a session allocates 2.2 MB.
 * V8 begins with 1 MB, and would collect garbage twice meanwhile, which takes a fifteenth of the time (Node.js
 * 26.12.1, measured).
 */
const YOUNG_GENERATION_MB = 4;

/** The options with which each native binary starts its runtime. */
export const RUNTIME_OPTIONS: readonly string[] = [
  WITHOUT_DEBUGGER,
  `--min-semi-space-size=${YOUNG_GENERATION_MB}`,
];
