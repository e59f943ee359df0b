import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { parseXml, XmlElement } from '@rgrove/parse-xml';

/** A xar archive all of whose checksums are right. */
export interface XarContent {
  /** Files by their paths, as they were before the archive compressed them. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/**
 * Reads a xar archive, computes every checksum again, and sees that the heap has neither gap nor
 * overlap.
 */
export function readXar(bytes: Buffer): XarContent {
  if (bytes.toString('latin1', 0, 4) !== 'xar!') throw new Error('no xar archive');
  const headerBytes = bytes.readUInt16BE(4);
  const tableEnd = headerBytes + Number(bytes.readBigUInt64BE(8));
  const table = bytes.subarray(headerBytes, tableEnd);
  const xml = inflateSync(table);
  if (BigInt(xml.length) !== bytes.readBigUInt64BE(16))
    throw new Error('wrong length of the table');
  const heap = bytes.subarray(tableEnd);
  const { root } = parseXml(xml.toString('utf8'));
  const toc = child(root, 'toc');
  const used: { start: number; end: number }[] = [];
  const take = (element: XmlElement | undefined, lengthName: string): Buffer => {
    const start = Number(child(element, 'offset')?.text);
    const end = start + Number(child(element, lengthName)?.text);
    used.push({ start, end });
    return heap.subarray(start, end);
  };

  const stored = take(child(toc, 'checksum'), 'size');
  if (!stored.equals(createHash('sha1').update(table).digest())) {
    throw new Error('wrong checksum of the table');
  }
  const files = new Map<string, Buffer>();
  const collect = (element: XmlElement, prefix: string): void => {
    const path = `${prefix}${child(element, 'name')?.text ?? ''}`;
    if (child(element, 'type')?.text === 'file') {
      const data = child(element, 'data');
      files.set(path, extract(path, data, take(data, 'length')));
    }
    for (const inner of children(element, 'file')) collect(inner, `${path}/`);
  };
  for (const file of children(toc, 'file')) collect(file, '');

  let position = 0;
  for (const { start, end } of used.toSorted((one, other) => one.start - other.start)) {
    if (start !== position) throw new Error(`a gap or overlap at ${position} in the heap`);
    position = end;
  }
  if (position !== heap.length) throw new Error('the heap goes on');
  return { files };
}

function extract(path: string, data: XmlElement | undefined, archived: Buffer): Buffer {
  const checksum = (name: string): string | undefined => child(data, name)?.text;
  const sha1 = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('hex');
  if (checksum('archived-checksum') !== sha1(archived)) throw new Error(`${path} is damaged`);
  const style = child(data, 'encoding')?.attributes['style'];
  const content = style === 'application/x-gzip' ? inflateSync(archived) : archived;
  if (checksum('extracted-checksum') !== sha1(content)) throw new Error(`${path} is damaged`);
  if (Number(child(data, 'size')?.text) !== content.length) throw new Error(`${path}: wrong size`);
  return content;
}

function children(element: XmlElement | null | undefined, name: string): XmlElement[] {
  return (element?.children ?? []).filter(
    (node): node is XmlElement => node instanceof XmlElement && node.name === name,
  );
}

function child(element: XmlElement | null | undefined, name: string): XmlElement | undefined {
  return children(element, name)[0];
}
