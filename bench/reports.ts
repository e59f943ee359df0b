import type { ChildProcess } from 'node:child_process';

/**
 * Waits for the next message of a child process.
 *
 * @param kind - what the message must be
 * @throws Error when it is another, or the process ends before
 */
export function nextReport<Report extends { readonly kind: string }, Kind extends Report['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<Report, { kind: Kind }>> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown): void => {
      child.off('exit', onExit);
      const report = message as Report;
      if (report.kind === kind) resolve(report as Extract<Report, { kind: Kind }>);
      else reject(new Error(`${report.kind} in place of ${kind}`));
    };
    const onExit = (): void => {
      child.off('message', onMessage);
      reject(new Error(`the process of ${kind} has ended`));
    };
    child.once('message', onMessage);
    child.once('exit', onExit);
  });
}
