import { join } from 'node:path';
import type { LocalAws } from './local-aws.ts';

/** A target's id; the local target answers to any. */
export const EXAMPLE_TARGET = 'i-0123456789abcdef0';

/** Credentials that let the AWS CLI and the plugin sign; the local target does not check them. */
export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
} as const;

/** The program as it stands in the project. */
export const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'session-manager-plugin');

/** Commands for another terminal, to be copied as they are. */
export function howToConnect(aws: LocalAws): string {
  const request = JSON.stringify({ Target: EXAMPLE_TARGET });
  const credentials = Object.entries(CREDENTIALS)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
  return [
    `The local target listens at ${aws.endpoint} (region ${aws.region}).`,
    '',
    'With the AWS CLI and the plugin on PATH:',
    '',
    `  ${credentials} AWS_REGION=${aws.region} \\`,
    `  aws ssm start-session --target ${EXAMPLE_TARGET} --endpoint-url ${aws.endpoint}`,
    '',
    'With the plugin alone, called as the AWS CLI calls it:',
    '',
    `  ${credentials} ${PROGRAM} \\`,
    `  "$(curl -s -H 'X-Amz-Target: AmazonSSM.StartSession' -d '${request}' ${aws.endpoint})" \\`,
    `  ${aws.region} StartSession '' '${request}' ${aws.endpoint}`,
    '',
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}
