/**
 * Descriptors that stay free for the rest of the program: it opens sockets, files and pipes to resume a
 * session and to load credentials.
 */
export const RESERVED_DESCRIPTORS = 24;

/**
 * After this many connections the free descriptors are counted again, because other sessions of the process
 * use some, too. Each count reads the list of all open descriptors.
 */
const COUNT_EVERY = 8;

/** Whether the process can keep one more connection. */
export interface ConnectionRoom {
  /** True when a connection that has just been accepted may stay. */
  take(): boolean;
}

/**
 * When the system refuses a descriptor, the runtime closes connections without an error (`uv__emfile_trick`
 * of libuv). So the free descriptors are counted first.
 *
 * @param freeDescriptors - how many more the process may open now; undefined when that is not known
 */
export function createConnectionRoom(freeDescriptors: () => number | undefined): ConnectionRoom {
  let room = 0;
  return {
    take() {
      if (room === 0) {
        // The new connection already has its descriptor.
        const free = (freeDescriptors() ?? Infinity) - RESERVED_DESCRIPTORS;
        if (free < 0) return false;
        room = Math.min(COUNT_EVERY, free + 1);
      }
      room--;
      return true;
    },
  };
}
