import { readFileSync } from 'node:fs';

/** The configuration template of a platform, as the packages install it. */
export function readTemplate(platform: 'posix' | 'windows'): string {
  const file = new URL(`../../../packaging/${platform}/seelog.xml.template`, import.meta.url);
  return readFileSync(file, 'utf8');
}

/** Replaces a text that occurs exactly once, like a user who follows the guide. */
export function edit(text: string, from: string, to: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`"${from}" stands ${parts.length - 1} times in the file`);
  return parts.join(to);
}
