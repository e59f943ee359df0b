import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version that is being built. */
export const VERSION = readFileSync(
  join(import.meta.dirname, '..', '..', 'VERSION'),
  'utf8',
).trim();

/** What the program prints without arguments: the install guide has users look for it. */
export const INSTALLED =
  '\nThe Session Manager plugin is installed successfully. Use the AWS CLI to start a session.\n\n';
