/** SIGUSR1 would open the debugger to every user of the machine, and with it the keys of AWS. */
const WITHOUT_DEBUGGER = '--disable-sigusr1';

/**
 * Half of the young generation at the start, in megabytes. Until its WebSocket is open a session allocates 2.2 MB.
 * V8 begins with 1 MB, and would collect garbage twice meanwhile, which takes a fifteenth of the time (Node.js
 * 26.12.1, measured).
 */
const YOUNG_GENERATION_MB = 4;

/**
 * The first line of Node.js whose V8 leaves the size out of what it compares code caches with. On 22, the code
 * caches of the runtime's own scripts would not fit any more.
 */
const SIZE_SINCE_MAJOR = 24;

/**
 * The options with which each native binary starts its runtime.
 *
 * @param version - of the runtime
 */
export function runtimeOptions(version: string): readonly string[] {
  const major = Number.parseInt(version, 10);
  return [
    WITHOUT_DEBUGGER,
    ...(major < SIZE_SINCE_MAJOR ? [] : [`--min-semi-space-size=${YOUNG_GENERATION_MB}`]),
  ];
}
