// Plain JavaScript, like everything in this directory.

/**
 * The base of every failure of the build and of making packages: its message names what is wrong and what
 * to do, so it is shown without a stack trace.
 */
export class BuildError extends Error {
  /** @override */
  name = 'BuildError';
}
