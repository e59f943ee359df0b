/** Calls back when the size of the process's terminal may have changed. @returns ends that */
export function onWindowChange(callback: () => void): () => void {
  process.on('SIGWINCH', callback);
  return () => process.off('SIGWINCH', callback);
}
