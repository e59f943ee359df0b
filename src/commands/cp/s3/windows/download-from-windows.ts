import type { PathDownloader, PathOrder } from '../../files/target-files.ts';
import { downloadObject } from '../download-through-s3.ts';
import type { TemporaryObject } from '../stored-object.ts';
import { given, reportedBytes } from '../reported-number.ts';
import { sendToObject } from '../target-requests.ts';
import { requestError } from '../target-work.ts';
import { removeThere, type WindowsHost } from './windows-host.ts';
import { throwReadProblem } from './windows-problem.ts';

const MIB = 1024 * 1024;
/** Bytes that one request sends: after a failure, all of them are sent again. 10 000 of them are as much as S3 stores. */
const WINDOWS_PART_BYTES = 512 * MIB;

/** A file of the target that it sends. */
interface SentFile {
  readonly path: string;
  readonly size: number;
}

/** Copies from a target with Windows: it sends to an object of S3 by URLs, which is then read here. */
export function downloaderFromWindows(host: WindowsHost): PathDownloader {
  return {
    download: (order) =>
      downloadObject(host.storage, order, (object) =>
        order.wanted.kind === 'file'
          ? sendFile(host, order, object, {
              path: order.wanted.path.toString(),
              size: order.wanted.size,
            })
          : sendDirectory(host, order, object),
      ),
    close: () => Promise.resolve(),
  };
}

/** @returns the SHA-256 of the archive */
async function sendDirectory(
  host: WindowsHost,
  order: PathOrder,
  object: TemporaryObject,
): Promise<string> {
  const directory = order.wanted.path.toString();
  const archive = `${host.temporary}/session-manager-${host.name}.tar`;
  try {
    const packed = await host.run({ kind: 'pack', directory, archive }, { signal: order.signal });
    throwReadProblem(order.title, packed);
    const size = given(order.title, reportedBytes(packed.get('size')));
    await sendFile(host, order, object, { path: archive, size });
    return packed.get('sha256') ?? '';
  } finally {
    await removeThere(host, archive);
  }
}

async function sendFile(
  host: WindowsHost,
  order: PathOrder,
  object: TemporaryObject,
  { path, size }: SentFile,
): Promise<undefined> {
  const partBytes = host.partBytes ?? WINDOWS_PART_BYTES;
  if (size <= partBytes) {
    await sendPart(host, order, { path, from: 0, bytes: size }, object.urlToWrite);
    return;
  }
  await object.inParts(order.signal, async (upload) => {
    const tags: string[] = [];
    for (let from = 0; from < size; from += partBytes) {
      const part = { path, from, bytes: Math.min(partBytes, size - from) };
      tags.push(await sendPart(host, order, part, () => upload.urlToWrite(tags.length + 1)));
    }
    return tags;
  });
}

/** @returns the tag of the part */
function sendPart(
  { run }: WindowsHost,
  { title, signal }: PathOrder,
  part: { readonly path: string; readonly from: number; readonly bytes: number },
  url: () => Promise<string>,
): Promise<string> {
  return sendToObject(async () => {
    const results = await run({ kind: 'send', ...part, url: await url() }, { signal });
    const tag = results.get('tag') ?? '';
    if (!results.has('problem') && tag !== '') return tag;
    if (results.get('problem') === 'file') throwReadProblem(title, results);
    return requestError(Buffer.from(title), results);
  });
}
