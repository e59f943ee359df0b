// Loaded into the program by NODE_OPTIONS: an exception that is not caught, in the turn of the event loop in which
// the first socket of a session begins to open. The program waits for that turn.

const nextTurn = globalThis.setImmediate;

Object.assign(globalThis, {
  /** @param {() => void} callback */
  setImmediate(callback) {
    globalThis.setImmediate = nextTurn;
    nextTurn(() => {
      throw new Error('thrown by the test');
    });
    return nextTurn(callback);
  },
});
