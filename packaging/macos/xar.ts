import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { escapeXml } from './xml.ts';

/** A file or directory of a xar archive. */
export type XarEntry =
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly content: Buffer;
      /** Whether the archive compresses it; what is compressed already stays as it is. */
      readonly compressed: boolean;
    }
  | { readonly kind: 'directory'; readonly name: string; readonly entries: readonly XarEntry[] };

const MAGIC = 0x78617221;
const HEADER_BYTES = 28;
const VERSION = 1;
/**
 * SHA-1, as productbuild and productsign use it: the installer of every macOS reads it, and so do
 * libarchive and 7-Zip, which read no other but MD5.
 */
const CHECKSUM_ALGORITHM = 1;
const CHECKSUM_BYTES = 20;

/** What follows the table of contents: the bytes that it points to. */
interface Heap {
  readonly parts: Buffer[];
  length: number;
}

/**
 * Writes an archive in the format xar, which flat packages have: a header, a compressed table of
 * contents in XML, and the heap: the checksum of the compressed table, and the files.
 *
 * @param time - of the archive and every entry, in seconds since the epoch
 */
export function encodeXar(entries: readonly XarEntry[], time: number): Buffer {
  const heap: Heap = { parts: [], length: CHECKSUM_BYTES };
  let lastId = 0;
  const describe = (entry: XarEntry): string => {
    lastId += 1;
    const mode = entry.kind === 'directory' ? '0755' : '0644';
    const start =
      `<file id="${lastId}"><name>${escapeXml(entry.name)}</name><type>${entry.kind}</type>` +
      `<mode>${mode}</mode><uid>0</uid><user>root</user><gid>0</gid><group>wheel</group>` +
      `<mtime>${isoTime(time)}</mtime>`;
    const inner =
      entry.kind === 'directory' ? entry.entries.map(describe).join('') : store(entry, heap);
    return `${start}${inner}</file>\n`;
  };
  const files = entries.map(describe).join('');
  const contents = Buffer.from(
    '<?xml version="1.0" encoding="UTF-8"?>\n<xar><toc>\n' +
      `<creation-time>${isoTime(time).slice(0, -1)}</creation-time>\n` +
      `<checksum style="sha1"><offset>0</offset><size>${CHECKSUM_BYTES}</size></checksum>\n` +
      `${files}</toc></xar>\n`,
    'utf8',
  );
  const table = deflateSync(contents, { level: 9 });
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(MAGIC, 0);
  header.writeUInt16BE(HEADER_BYTES, 4);
  header.writeUInt16BE(VERSION, 6);
  header.writeBigUInt64BE(BigInt(table.length), 8);
  header.writeBigUInt64BE(BigInt(contents.length), 16);
  header.writeUInt32BE(CHECKSUM_ALGORITHM, 24);
  const checksum = createHash('sha1').update(table).digest();
  return Buffer.concat([header, table, checksum, ...heap.parts]);
}

/** Puts a file into the heap and returns its place. */
function store(entry: Extract<XarEntry, { kind: 'file' }>, heap: Heap): string {
  const { compressed, content } = entry;
  const stored = compressed ? deflateSync(content, { level: 9 }) : content;
  const offset = heap.length;
  heap.parts.push(stored);
  heap.length += stored.length;
  // xar calls zlib's format gzip.
  const style = compressed ? 'application/x-gzip' : 'application/octet-stream';
  return (
    `<data><length>${stored.length}</length><offset>${offset}</offset><size>${content.length}</size>` +
    `<encoding style="${style}"/>` +
    `<extracted-checksum style="sha1">${sha1(content)}</extracted-checksum>` +
    `<archived-checksum style="sha1">${sha1(stored)}</archived-checksum></data>`
  );
}

function sha1(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('hex');
}

/** To the second, as xar writes times. */
function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}
