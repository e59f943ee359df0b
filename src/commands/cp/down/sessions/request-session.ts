import { PassThrough } from 'node:stream';
import type { RemoteEnd } from '../../../../cli/remote/remote.ts';
import type { Clock } from '../../../../lib/clock.ts';
import { quoteForShell } from '../../../../lib/quote-for-shell.ts';
import { withTimeout } from '../../../../lib/with-timeout.ts';
import {
  CLOSE,
  OPEN,
  PASS_ON,
  PROBE,
  QUIT,
  REQUEST_DESCRIPTORS,
  requestScript,
} from './answer-scripts.ts';
import { createLastOutput } from '../../../../cli/remote/last-output.ts';
import type { TargetSessions } from './target-sessions.ts';

/** How long the script may take to remove its directory, in milliseconds; then its session is ended. */
const REQUESTS_CLOSE_TIMEOUT_MS = 3_000;

/** A FIFO on the target, whose reader gets what is sent. */
export interface RequestChannel {
  /** Its path on the target, a word for the shell. */
  readonly fifo: string;
  /** Sends a line, without its line feed. */
  send(line: string): void;
  /** Resolves when the session has shown that it passes on what is sent, or has ended. */
  probe(): Promise<void>;
  /** Closes the FIFO, whose reader then finds its end. */
  close(): void;
}

/** How a session of requests ended, and the last text of its script. */
export interface RequestSessionEnd {
  readonly end: RemoteEnd;
  /** Foreign text. */
  readonly text: string;
}

/** A session that passes requests on to commands on the target. */
export interface RequestSession {
  /** Never rejects. */
  readonly ended: Promise<RequestSessionEnd>;
  /** Opens a FIFO; undefined when the session has all it can. The session need not have begun. */
  openChannel(): RequestChannel | undefined;
  /** Ends the script, which removes its directory, and the session. Resolves when it has ended. */
  close(): Promise<void>;
}

/** @param directory - that the session makes on the target, an absolute path */
export function startRequestSession(
  sessions: TargetSessions,
  clock: Clock,
  directory: string,
): RequestSession {
  const input = new PassThrough();
  const probes = new Set<() => void>();
  const answerProbes = (): void => {
    for (const answered of probes) answered();
    probes.clear();
  };
  const output = createLastOutput(answerProbes);
  const starting = sessions.startRaw(requestScript(quoteForShell(directory)), {
    input,
    output: output.stream,
  });
  const free: number[] = [...REQUEST_DESCRIPTORS];
  let names = 0;
  const send = (...words: readonly (string | number)[]): void => {
    input.write(`${words.join(' ')}\n`);
  };
  return {
    ended: starting.then(async ({ ended }) => {
      const end = await ended;
      answerProbes();
      return { end, text: output.text };
    }),
    openChannel() {
      const descriptor = free.shift();
      if (descriptor === undefined) return undefined;
      const name = ++names;
      send(OPEN, descriptor, name);
      return {
        fifo: quoteForShell(`${directory}/${name}`),
        send: (line) => send(PASS_ON, descriptor, line),
        probe: () =>
          new Promise((resolve) => {
            probes.add(resolve);
            send(PROBE);
          }),
        close() {
          send(CLOSE, descriptor);
          free.push(descriptor);
        },
      };
    },
    async close() {
      send(QUIT);
      const command = await starting;
      await withTimeout(clock, REQUESTS_CLOSE_TIMEOUT_MS, command.ended, () => undefined);
      await command.stop();
    },
  };
}
