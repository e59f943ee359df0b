import { setImmediate } from 'node:timers/promises';

import {
  systemLogFileSystem,
  type LogFileSystem,
} from '../../../src/logging/file/log-file-system.ts';

/** The machine's file system, with a count of pending operations. */
export interface TrackedFileSystem extends LogFileSystem {
  /** Resolves when no operation is pending and none follows the last one. */
  idle(): Promise<void>;
}

/** Counts the pending operations. */
export function trackFileSystem(base: LogFileSystem = systemLogFileSystem): TrackedFileSystem {
  let underWay = 0;
  const track = async <Result>(operation: Promise<Result>): Promise<Result> => {
    underWay += 1;
    try {
      return await operation;
    } finally {
      underWay -= 1;
    }
  };
  return {
    checkNow: (path) => base.checkNow(path),
    check: (path) => track(base.check(path)),
    read: (path, limit) => track(base.read(path, limit)),
    openForAppending: async (path) => {
      const handle = await track(base.openForAppending(path));
      return {
        size: () => track(handle.size()),
        append: (bytes) => track(handle.append(bytes)),
        close: () => track(handle.close()),
      };
    },
    makeDirectory: (path) => track(base.makeDirectory(path)),
    createNew: (path) => track(base.createNew(path)),
    rename: (from, to) => track(base.rename(from, to)),
    remove: (path) => track(base.remove(path)),
    idle: async () => {
      do {
        await setImmediate();
      } while (underWay > 0);
    },
  };
}
