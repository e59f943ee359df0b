import { CommandError } from '../../../cli/framework/command-context.ts';
import { isAwsError } from '../../../aws/sdk/aws-error.ts';
import { s3Failures } from '../../../failures/copies/s3.ts';
import { SessionError } from '../../../lib/errors/session-error.ts';
import type { Downloaded, Downloader, DownloadOrder } from '../down/create-downloader.ts';
import type { UploadHost } from '../up/run-upload.ts';
import { given, reportedBytes } from './reported-number.ts';
import { partBytesFor } from './store-content.ts';
import { withObject, type Storage, type TemporaryObject } from './stored-object.ts';
import { MAX_FAILED_REQUESTS, sendToObject } from './target-requests.ts';
import {
  endPipeScript,
  readPartScript,
  removeWorkScript,
  sendPartScript,
  sendScript,
  startPipeScript,
  workScript,
} from './target-scripts.ts';
import { cleanUp, onTarget, requestError, type TargetShell } from './target-work.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** Bytes of an object that one request can store (S3 API, PutObject). */
const MAX_PUT_BYTES = 5 * GIB;
/** Bytes of a part: as much is stored on the target for a short time. S3 takes 10 000 parts. */
const TARGET_PART_BYTES = 64 * MIB;

/** What copies from a target through S3 work with. */
export interface S3DownloadHost {
  readonly storage: Storage;
  /** Sessions on the target, whose scripts may run as root. */
  readonly hostFor: (sudo: boolean) => UploadHost;
  /** Where the target keeps a part while it sends it; undefined where it can write nowhere. */
  readonly temporary: string | undefined;
  /** Bytes that one request of the target sends; for tests. */
  readonly maxPutBytes?: number;
  readonly partBytes?: number;
}

/** Copies from a target: it sends to an object of S3 by URLs, which is then read here. */
export function downloaderThroughS3(host: S3DownloadHost): Downloader {
  return {
    download: (order) =>
      downloadObject(host.storage, order, (object) => sendFromTarget(order, host, object)),
    close: () => Promise.resolve(),
  };
}

/** What is read of an object, once it is there. */
type ReadOrder = Pick<DownloadOrder, 'title' | 'from' | 'write' | 'signal'>;

/**
 * Reads an object here, and removes it.
 *
 * @param send - makes the target send it; returns its SHA-256, if that is known then
 */
export function downloadObject(
  storage: Storage,
  order: ReadOrder,
  send: (object: TemporaryObject) => Promise<string | undefined>,
): Promise<Downloaded> {
  return withObject(storage, async (object) => {
    const sha256 = await send(object);
    const bytes = await readObject(object, order);
    order.signal.throwIfAborted();
    return { bytes: bytes - order.from, sha256 };
  });
}

/** @returns the SHA-256 of what a pipe has sent */
async function sendFromTarget(
  order: DownloadOrder,
  host: S3DownloadHost,
  object: TemporaryObject,
): Promise<string | undefined> {
  const { source } = order;
  if (source.kind === 'pipe')
    return sendPipe(order, host, object, source.script, TARGET_PART_BYTES);
  if (source.size > (host.maxPutBytes ?? MAX_PUT_BYTES)) {
    const partBytes = partBytesFor(source.size, TARGET_PART_BYTES);
    await sendPipe(order, host, object, `${source.setPath}\nexec cat <"$f"`, partBytes);
    return undefined;
  }
  const path = Buffer.from(order.title);
  return onTarget(host.hostFor(order.sudo), path, order.signal, ({ run }) =>
    sendToObject(async () => {
      const url = await object.urlToWrite();
      const results = await run(sendScript(url, source.setPath));
      const status = results.get('status');
      return status === '0' ? undefined : requestError(path, results, status);
    }),
  );
}

/** Sends what a script prints in parts, because its length is not known before. */
async function sendPipe(
  order: DownloadOrder,
  host: S3DownloadHost,
  object: TemporaryObject,
  script: string,
  partBytes: number,
): Promise<string | undefined> {
  const path = Buffer.from(order.title);
  const target = host.hostFor(order.sudo);
  if (host.temporary === undefined) {
    throw new CommandError(
      s3Failures['s3-tool-missing'](order.title, 'directory for temporary files'),
    );
  }
  const work = { parent: host.temporary, name: `session-manager-${target.name}` };
  let sum: string | undefined;
  try {
    await onTarget(target, path, order.signal, async (shell) => {
      await shell.run(workScript(work));
      await shell.run(startPipeScript(script));
      const sent = { object, path, partBytes: host.partBytes ?? partBytes, signal: order.signal };
      await sendParts(shell, sent);
      const ended = await shell.run(endPipeScript());
      if (ended.get('status') !== '0') {
        const why = ended.get('text') ?? '';
        throw new CommandError(s3Failures['s3-source-unreadable'](order.title, why));
      }
      sum = ended.get('sum');
    });
  } finally {
    await cleanUp(target, path, removeWorkScript(work));
  }
  return sum;
}

/** What a target sends. */
interface SentObject {
  readonly object: TemporaryObject;
  /** For messages. */
  readonly path: Buffer;
  readonly partBytes: number;
  readonly signal: AbortSignal;
}

/** Sends the pipe that a script has started: as a whole object if it fits into one part. */
async function sendParts(
  shell: TargetShell,
  { object, path, partBytes, signal }: SentObject,
): Promise<void> {
  const readPart = async (): Promise<number> => {
    const results = await shell.run(readPartScript(partBytes));
    return given(path.toString(), reportedBytes(results.get('part')));
  };
  let size = await readPart();
  if (size < partBytes) {
    await sendPart(shell, path, object.urlToWrite);
    return;
  }
  await object.inParts(signal, async (upload) => {
    const tags: string[] = [];
    while (size > 0) {
      const number = tags.length + 1;
      tags.push(await sendPart(shell, path, () => upload.urlToWrite(number)));
      size = size < partBytes ? 0 : await readPart();
    }
    return tags;
  });
}

/** @returns the tag of the part */
function sendPart({ run }: TargetShell, path: Buffer, url: () => Promise<string>): Promise<string> {
  return sendToObject(async () => {
    const results = await run(sendPartScript(await url()));
    const tag = results.get('tag') ?? '';
    const status = results.get('status');
    return status === '0' && tag !== '' ? tag : requestError(path, results, status);
  });
}

/** Reads the object here, after a lost connection from where that was. @returns its size */
async function readObject(object: TemporaryObject, order: ReadOrder): Promise<number> {
  const { title, from, signal } = order;
  let at = from;
  for (let failed = 0; ;) {
    const before = at;
    try {
      for await (const bytes of (await object.read(at, signal)) as AsyncIterable<Buffer>) {
        await order.write(bytes);
        at += bytes.length;
      }
      return at;
    } catch (error) {
      signal.throwIfAborted();
      if (!isConnectionLost(error)) throw error;
      failed = at > before ? 0 : failed + 1;
      if (failed < MAX_FAILED_REQUESTS) continue;
      throw isAwsError(error) ? error : new SessionError(s3Failures['s3-answer-lost'](title));
    }
  }
}

/** Whether an answer broke off: what cannot be written here is no reason to read again. */
function isConnectionLost(error: unknown): boolean {
  if (isAwsError(error)) return error.isTransient;
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ETIMEDOUT';
}
