import type { ReportWait, WaitSubject } from '../../aws/report-wait.ts';
import type { OpenSocket, SocketRequest } from '../../socket/socket.ts';

/** What one session waits for until it has begun. */
export interface SessionWaits {
  readonly report: ReportWait;
  /** The session ends: its waits are no longer shown, and no later ones either. */
  stop(): void;
}

/** @param report - takes the waits of all sessions */
export function createSessionWaits(report: ReportWait): SessionWaits {
  const ends = new Set<() => void>();
  let isStopped = false;
  return {
    report(subject, since) {
      if (isStopped) return () => undefined;
      const end = report(subject, since);
      ends.add(end);
      return () => {
        ends.delete(end);
        end();
      };
    },
    stop() {
      isStopped = true;
      for (const end of ends) end();
      ends.clear();
    },
  };
}

/**
 * Reports that the first connection is waited for, over all attempts; while the session runs, it shows
 * by itself that it reconnects.
 */
export function reportOpening<Request extends SocketRequest>(
  openSocket: OpenSocket<Request>,
  report: ReportWait,
  {
    subjectAt,
    monotonic,
  }: { readonly subjectAt: (url: URL) => WaitSubject; readonly monotonic: () => number },
): OpenSocket<Request> {
  let hasOpened = false;
  let since: number | undefined;
  return async (request, events) => {
    if (hasOpened) return openSocket(request, events);
    since ??= monotonic();
    const end = report(subjectAt(new URL(request.url)), since);
    try {
      const socket = await openSocket(request, events);
      hasOpened = true;
      return socket;
    } finally {
      end();
    }
  };
}
