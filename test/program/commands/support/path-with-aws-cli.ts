import { writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { CleanupScope } from '../../../support/cleanup-scope.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

/** What a current AWS CLI prints for `--version`. */
export const CURRENT_AWS_CLI = 'aws-cli/2.31.0 Python/3.13.7 Linux/6.1';

/** A PATH with an AWS CLI that prints this version. */
export function pathWithAwsCli(context: CleanupScope, version: string): string {
  const directory = temporaryDirectory(context);
  const script = `#!/bin/sh\necho '${version}'\n`;
  writeFileSync(join(directory, 'aws'), script, { mode: 0o755 });
  return [directory, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
}
