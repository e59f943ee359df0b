import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Wine } from './wine.ts';

/** Part of the registry. */
export type Hive = 'machine' | 'user';

/** A value of the registry; a number is written in decimal. */
export interface RegistryValue {
  readonly type: 'REG_SZ' | 'REG_EXPAND_SZ' | 'REG_DWORD';
  readonly data: string;
}

/** The values of a key by their names in lower case. */
export type RegistryKey = ReadonlyMap<string, RegistryValue>;

/** "Apps and features" of Windows. */
export const UNINSTALL = String.raw`Software\Microsoft\Windows\CurrentVersion\Uninstall\SessionManagerPlugin`;

/** With its directory, so that it is found with any PATH. */
const REGEDIT = String.raw`C:\windows\regedit.exe`;

const ENVIRONMENT: Readonly<Record<Hive, string>> = {
  machine: String.raw`System\CurrentControlSet\Control\Session Manager\Environment`,
  user: 'Environment',
};
const HIVE_NAMES: Readonly<Record<Hive, string>> = {
  machine: 'HKEY_LOCAL_MACHINE',
  user: 'HKEY_CURRENT_USER',
};

/** The command that writes PATH to a file on drive C, for {@link exportedPath}. */
export function exportPath(hive: Hive, file: string): string {
  return exportKey(hive, ENVIRONMENT[hive], file);
}

function exportKey(hive: Hive, key: string, file: string): string {
  return `${REGEDIT} /E C:\\${file} "${HIVE_NAMES[hive]}\\${key}"`;
}

/** What was written by that command; undefined when there is no PATH. */
export function exportedPath(wine: Wine, file: string): RegistryValue | undefined {
  return exportedKey(wine, file)?.get('path');
}

/** The values of a key; undefined when there is no such key. */
export async function registryKey(
  wine: Wine,
  hive: Hive,
  key: string,
): Promise<RegistryKey | undefined> {
  await wine.run(exportKey(hive, key, 'exported.reg'));
  return exportedKey(wine, 'exported.reg');
}

/** PATH in the registry; undefined when it is not set. */
export async function pathValue(wine: Wine, hive: Hive): Promise<RegistryValue | undefined> {
  return (await registryKey(wine, hive, ENVIRONMENT[hive]))?.get('path');
}

/** Prepares PATH, and returns the command that puts it into the registry, or takes it away. */
export function importPath(wine: Wine, hive: Hive, value: RegistryValue | undefined): string {
  const text = [
    'Windows Registry Editor Version 5.00',
    '',
    `[${HIVE_NAMES[hive]}\\${ENVIRONMENT[hive]}]`,
    `"Path"=${value === undefined ? '-' : encodeValue(value)}`,
    '',
  ].join('\r\n');
  writeFileSync(join(wine.driveC, 'import.reg'), `\ufeff${text}`, 'utf16le');
  return `${REGEDIT} /S C:\\import.reg`;
}

function exportedKey(wine: Wine, file: string): RegistryKey | undefined {
  const path = join(wine.driveC, file);
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf16le').replace(/\\\r\n */g, '');
  rmSync(path);
  // Keys below the one that was asked for follow it.
  const lines = text.split('\r\n[')[1]?.split('\r\n') ?? [];
  return new Map(
    lines.flatMap((line): [string, RegistryValue][] => {
      const [, name, written] = /^"(\w+)"=(.*)$/.exec(line) ?? [];
      const value = decodeValue(written ?? '');
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value]];
    }),
  );
}

function decodeValue(written: string): RegistryValue | undefined {
  const [, text, number, bytes] = /^(?:"(.*)"|dword:(\w+)|hex\(2\):(.*))$/.exec(written) ?? [];
  if (text !== undefined) return { type: 'REG_SZ', data: text.replace(/\\(.)/g, '$1') };
  if (number !== undefined) return { type: 'REG_DWORD', data: String(parseInt(number, 16)) };
  if (bytes === undefined) return undefined;
  const data = Buffer.from(bytes.replaceAll(',', ''), 'hex').toString('utf16le');
  return { type: 'REG_EXPAND_SZ', data: data.replace(/\0$/, '') };
}

/** A value as registry files have it: texts as the bytes of their UTF-16, with a NUL at the end. */
function encodeValue({ type, data }: RegistryValue): string {
  const bytes = [...Buffer.from(`${data}\0`, 'utf16le')]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(',');
  return `${type === 'REG_SZ' ? 'hex(1)' : 'hex(2)'}:${bytes}`;
}
