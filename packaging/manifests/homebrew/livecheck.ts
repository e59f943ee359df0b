import { newestVersionUrl, type ReleaseTable } from '../release-table.ts';
import { rubyString } from './ruby-text.ts';

/** The block by which `brew livecheck` finds the newest version. */
export function livecheck(table: ReleaseTable): readonly string[] {
  return [
    'livecheck do',
    `  url ${rubyString(newestVersionUrl(table))}`,
    String.raw`  regex(/^v?(\d+(?:\.\d+)+)$/i)`,
    'end',
  ];
}
