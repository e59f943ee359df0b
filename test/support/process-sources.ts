import { PS } from './tools.ts';

/** Where facts about a process come from: files on Linux, `ps` on other systems. */
export const PROCESS_SOURCES = [
  { platform: 'linux', tools: [] },
  { platform: 'darwin', tools: [PS] },
] as const;
