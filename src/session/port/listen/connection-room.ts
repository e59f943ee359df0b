/**
 * Descriptors that connections leave to the rest of the program: for resuming a session and looking up
 * credentials it opens sockets, files and pipes.
 */
export const RESERVED_DESCRIPTORS = 24;

/**
 * After so many connections the system is asked again: other sessions of the process take descriptors,
 * too, and asking costs a look at all that are open.
 */
const ASK_EVERY = 8;

/** Whether there is room for one more connection. */
export interface ConnectionRoom {
  /** True when a connection that has just been accepted may stay. */
  take(): boolean;
}

/**
 * When the system refuses a descriptor, the runtime closes connections without a word
 * (`uv__emfile_trick` of libuv): so what is free is looked at before.
 *
 * @param freeDescriptors - how many more the process may open now; undefined when that is not known
 */
export function createConnectionRoom(freeDescriptors: () => number | undefined): ConnectionRoom {
  let room = 0;
  return {
    take() {
      if (room === 0) {
        // The connection that asks has its descriptor already.
        const spare = (freeDescriptors() ?? Infinity) - RESERVED_DESCRIPTORS;
        if (spare < 0) return false;
        room = Math.min(ASK_EVERY, spare + 1);
      }
      room--;
      return true;
    },
  };
}
