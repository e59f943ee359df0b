import { CommandError } from '../../../cli/framework/command-context.ts';
import { downloadFailures } from '../../../failures/download.ts';
import type { Clock } from '../../../lib/clock.ts';
import { quoteForShell } from '../../../lib/quote-for-shell.ts';
import type { Logger } from '../../../logging/logger.ts';
import {
  runDownload,
  type DownloadHost,
  type DownloadPlan,
  type DownloadResult,
} from './download-run.ts';
import { quotedError } from './losses.ts';
import type { AnswerSource, AnswerTools } from './sessions/answer-scripts.ts';
import {
  startRequestSession,
  type RequestChannel,
  type RequestSession,
  type RequestSessionEnd,
} from './sessions/request-session.ts';
import type { TargetSessions } from './sessions/target-sessions.ts';

/** Random bytes in the name of the directory on the target. */
const FIFO_DIRECTORY_NAME_BYTES = 16;

/** What is copied from the target. */
export interface DownloadOrder {
  /** As the user wrote it, for messages: `web:/var/log/syslog`. */
  readonly title: string;
  readonly source: DownloadSource;
  /** Whether the target reads it as root, by `sudo -n`. */
  readonly sudo: boolean;
  /** Bytes to leave out, which are here already. */
  readonly from: number;
  /** Gets the bytes in their order, one call at a time; little is asked for while it does not resolve. */
  write(bytes: Buffer): Promise<void>;
  /** Ends the copy at once; its reason is thrown. */
  readonly signal: AbortSignal;
}

/** A source on the target. */
export type DownloadSource =
  | {
      readonly kind: 'file';
      /** A part of a script that sets `f` to its path. */
      readonly setPath: string;
      /** In bytes. What is added later is not copied. */
      readonly size: number;
    }
  | {
      readonly kind: 'pipe';
      /** Prints the source on stdout. It runs again after a loss, and then prints the same again. */
      readonly script: string;
    };

/** What was copied. */
export interface Downloaded {
  /** Bytes that were written. */
  readonly bytes: number;
  /** SHA-256 of everything that the script of a pipe has printed, in hexadecimal; undefined for a file. */
  readonly sha256: string | undefined;
}

/** Copies from one target. Its copies run one after the other. */
export interface Downloader {
  /**
   * Copies one source.
   *
   * @throws CommandError, AwsError, SessionError when it cannot be copied
   */
  download(order: DownloadOrder): Promise<Downloaded>;
  /** Ends all sessions, and removes what is on the target. */
  close(): Promise<void>;
}

/** What copies from a target work with. */
export interface DownloaderHost extends Pick<
  DownloadHost,
  'sessions' | 'clock' | 'logger' | 'tools' | 'maxCommands' | 'limitRate' | 'freeWritten'
> {
  readonly sessions: TargetSessions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tools: AnswerTools & { readonly hasGzip: boolean };
  /** Where the target keeps the FIFOs of requests: an absolute path. */
  readonly directory: string;
  readonly randomBytes: (count: number) => Buffer;
}

/** Creates what copies from a target. The first copy starts sessions. */
export function createDownloader(host: DownloaderHost): Downloader {
  const requests = createRequestSessions(host);
  const endings = new Set<Promise<unknown>>();
  const keep = (ending: Promise<unknown>): void => {
    endings.add(ending);
    void ending.finally(() => endings.delete(ending));
  };
  return {
    async download(order) {
      const { openChannel } = requests;
      const result = await runDownload(planOf(order), { ...host, openChannel, keep }, order.signal);
      return {
        bytes: result.bytes,
        sha256: order.source.kind === 'pipe' ? pipeHash(order, result) : undefined,
      };
    },
    async close() {
      await Promise.all([...endings, requests.close()]);
    },
  };
}

function planOf(order: DownloadOrder): DownloadPlan {
  const { title, source, sudo, from } = order;
  return {
    title,
    source,
    from,
    answerSource: (leftOut): AnswerSource =>
      source.kind === 'file' ? source : { ...source, from: leftOut },
    wrap: (script) => (sudo ? `exec sudo -n sh -c ${quoteForShell(script)}` : script),
    write: (bytes) => order.write(bytes),
  };
}

/** @throws CommandError when the script has failed */
function pipeHash({ title }: DownloadOrder, { end = '', errorText }: DownloadResult): string {
  const status = Number.parseInt(end, 10);
  const hash = /[0-9a-f]{64}/i.exec(end)?.[0];
  if (status === 0 && hash !== undefined) return hash.toLowerCase();
  const why = quotedError(errorText);
  throw new CommandError(downloadFailures['download-command-failed'](title, status, why));
}

interface RequestSessions {
  readonly openChannel: DownloadHost['openChannel'];
  close(): Promise<void>;
}

interface OpenRequestSession {
  readonly session: RequestSession;
  readonly listeners: Set<(end: RequestSessionEnd) => void>;
}

/** Starts a session of requests when there is none with room for another command. */
function createRequestSessions({
  sessions,
  clock,
  directory,
  randomBytes,
}: DownloaderHost): RequestSessions {
  const open = new Set<OpenRequestSession>();
  const start = (): OpenRequestSession => {
    const name = `.session-manager-cp-${randomBytes(FIFO_DIRECTORY_NAME_BYTES).toString('hex')}`;
    const session = startRequestSession(sessions, clock, `${directory}/${name}`);
    const started = { session, listeners: new Set<(end: RequestSessionEnd) => void>() };
    open.add(started);
    void session.ended.then((end) => {
      open.delete(started);
      for (const listener of [...started.listeners]) listener(end);
    });
    return started;
  };
  const listen = (
    { listeners }: OpenRequestSession,
    channel: RequestChannel,
    onLost: (end: RequestSessionEnd) => void,
  ): RequestChannel => {
    listeners.add(onLost);
    return {
      ...channel,
      close() {
        listeners.delete(onLost);
        channel.close();
      },
    };
  };
  return {
    openChannel(onLost) {
      for (const one of open) {
        const channel = one.session.openChannel();
        if (channel !== undefined) return listen(one, channel, onLost);
      }
      const started = start();
      const channel = started.session.openChannel();
      if (channel === undefined) throw new Error('a new session has no room for a command');
      return listen(started, channel, onLost);
    },
    async close() {
      await Promise.all([...open].map(({ session }) => session.close()));
    },
  };
}
