import { join } from 'node:path';
import { quoteForShell } from '../../src/lib/quote-for-shell.ts';
import type { LocalAws } from './local-aws.ts';

/** A target's id; the local target answers to any. */
export const EXAMPLE_TARGET = 'i-0123456789abcdef0';

/** Credentials that let the AWS CLI and the plugin sign; the local target does not check them. */
export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
} as const;

/** The program in the project's folder. */
export const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'session-manager-plugin');

/** The content type of StartSession; the default of curl is a form. */
const JSON_TYPE = 'application/x-amz-json-1.1';

/** Commands for another terminal, to be copied as they are. What is indented is a command. */
export function howToConnect({ endpoint, region }: LocalAws): string {
  const request = JSON.stringify({ Target: EXAMPLE_TARGET });
  const program = quoteForShell(PROGRAM);
  return [
    `The local target listens at ${endpoint} (region ${region}).`,
    '',
    'In another terminal, first:',
    '',
    ...Object.entries({
      ...CREDENTIALS,
      AWS_DEFAULT_REGION: region,
      AWS_ENDPOINT_URL: endpoint,
    }).map(([name, value]) => `  export ${name}=${value}`),
    '',
    "With the program's own commands:",
    '',
    `  ${program} shell ${EXAMPLE_TARGET}`,
    '',
    `  ${program} exec ${EXAMPLE_TARGET} -- hostname`,
    '',
    'With the AWS CLI, and session-manager-plugin on PATH:',
    '',
    // Versions before 2.13 do not know AWS_ENDPOINT_URL.
    `  aws ssm start-session --target ${EXAMPLE_TARGET} --endpoint-url ${endpoint}`,
    '',
    'With the plugin alone, called as the AWS CLI calls it:',
    '',
    `  ${program} \\`,
    `  "$(curl -s -H 'Content-Type: ${JSON_TYPE}' -H 'X-Amz-Target: AmazonSSM.StartSession' -d '${request}' ${endpoint})" \\`,
    `  ${region} StartSession '' '${request}' ${endpoint}`,
    '',
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}
