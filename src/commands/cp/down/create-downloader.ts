import { CommandError } from '../../../cli/framework/command-context.ts';
import { downloadFailures } from '../../../failures/copies/download.ts';
import {
  runDownload,
  type DownloadHost,
  type DownloadPlan,
  type DownloadResult,
} from './download-run.ts';
import { quotedError } from './losses.ts';
import type { AnswerSource } from './sessions/answer-scripts.ts';
import { createRequestSessions, type RequestHost } from './sessions/request-sessions.ts';

/** What is copied from the target. */
export interface DownloadOrder {
  /** As the user wrote it, for messages: `web:/var/log/syslog`. */
  readonly title: string;
  readonly source: DownloadSource;
  /** Whether the target reads it as root, by `sudo -n`. */
  readonly sudo: boolean;
  /** Bytes to leave out, which are here already. */
  readonly from: number;
  /**
   * Gets the bytes in their order, one call at a time; little is asked for while it does not resolve. Then their memory
   * is used again.
   */
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
export type DownloaderHost = Omit<DownloadHost, 'requests' | 'keep'> & Omit<RequestHost, 'keep'>;

/** Creates what copies from a target. The first copy starts sessions. */
export function createDownloader(host: DownloaderHost): Downloader {
  const endings = new Set<Promise<unknown>>();
  const keep = (ending: Promise<unknown>): void => {
    endings.add(ending);
    void ending.finally(() => endings.delete(ending));
  };
  const requests = createRequestSessions({ ...host, keep });
  return {
    async download(order) {
      const result = await runDownload(planOf(order), { ...host, requests, keep }, order.signal);
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
    sudo,
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
