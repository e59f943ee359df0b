import { systemCode } from '../../lib/errors/system-error.ts';
import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { ConfigurationError, isConfigurationError } from '../../lib/errors/configuration-error.ts';
import { parseIni, type IniSections } from './parse-ini.ts';

/** The result of reading a file. */
export type FileOutcome =
  | { readonly kind: 'read'; readonly sections: IniSections }
  /** There is no regular file: it counts as empty. */
  | { readonly kind: 'absent' }
  /** The system denies access. The AWS CLI treats it as empty, too. */
  | { readonly kind: 'unreadable' }
  /** It cannot be parsed: a sentence part that names the line. */
  | { readonly kind: 'broken'; readonly why: string };

/** Limit of a file, in bytes: enough for tens of thousands of profiles, but not for a disk image. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;
const NEW_LINE = 0x0a;

/** Reads and parses one of the shared AWS files. Never rejects. */
export async function readSharedFile(path: string): Promise<FileOutcome> {
  let contents: Buffer;
  try {
    const facts = await stat(path);
    // The AWS CLI, too, reads regular files only (`os.path.isfile`): not /dev/null, pipes or directories.
    if (!facts.isFile()) return { kind: 'absent' };
    if (facts.size > MAX_FILE_BYTES) {
      return { kind: 'broken', why: `it has more than ${MAX_FILE_BYTES} bytes` };
    }
    contents = await readFile(path);
  } catch (error) {
    const code = systemCode(error);
    return { kind: code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : 'unreadable' };
  }
  try {
    return { kind: 'read', sections: parseIni(decode(contents)) };
  } catch (error) {
    if (isConfigurationError(error, 'shared-file')) return { kind: 'broken', why: error.message };
    throw error;
  }
}

/**
 * UTF-8, as the AWS CLI reads it everywhere but on Windows: there it uses the code page of the system, of
 * which at least the letters of Western Europe are read correctly.
 */
function decode(contents: Buffer): string {
  if (isUtf8(contents)) return contents.toString('utf8');
  if (sep === '\\') return contents.toString('latin1');
  throw new ConfigurationError(
    'shared-file',
    `line ${lineOfForeignBytes(contents)} is not UTF-8: save the file as UTF-8`,
  );
}

function lineOfForeignBytes(contents: Buffer): number {
  let line = 1;
  for (let start = 0; ; line++) {
    const end = contents.indexOf(NEW_LINE, start);
    if (end === -1 || !isUtf8(contents.subarray(start, end))) return line;
    start = end + 1;
  }
}
