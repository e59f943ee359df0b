import { externalDataInterceptor, getHomeDir } from '@smithy/shared-ini-file-loader';
import { join } from 'node:path';
import { credentialFailures } from '../../failures/credentials.ts';
import { AwsError } from './aws-error.ts';
import type { Environment } from '../aws-options.ts';
import type { ConfigSection, SharedSections } from '../shared-config.ts';

/**
 * The start of a comment for the AWS SDK's reader of the shared files, anywhere in a line (\@smithy/core,
 * shared-ini-file-loader/parseIni.js). Its syntax has no escape for it.
 */
const CUT = /\s[;#]/;
/** It reads line by line. */
const LINE_BREAK = /[\r\n]/;

/**
 * Passes the content of the shared files to the AWS SDK. Its own reader accepts less than the AWS CLI: no
 * blank in a profile's name, no capitals, no colon. Its providers and clients read the files by their paths,
 * and get one text with all sections, in the syntax of that reader. Settings that the syntax cannot express
 * are left out.
 */
export function injectSharedFiles(sections: SharedSections, env: Environment): void {
  // Both may be one file: then it has the text.
  for (const path of sdkPaths(env, 'AWS_SHARED_CREDENTIALS_FILE', 'credentials')) {
    externalDataInterceptor.interceptFile(path, '');
  }
  for (const path of sdkPaths(env, 'AWS_CONFIG_FILE', 'config')) {
    externalDataInterceptor.interceptFile(path, sdkText(sections));
  }
}

/** The paths by which the SDK reads a file: some of its code replaces `~/`, some does not. */
function sdkPaths(env: Environment, variable: string, name: string): readonly string[] {
  const set = env[variable] ?? '';
  if (set === '') return [join(getHomeDir(), '.aws', name)];
  return set.startsWith('~/') ? [set, join(getHomeDir(), set.slice(2))] : [set];
}

/** The sections in the syntax of the AWS SDK's reader: a dot in the header, one setting a line. */
export function sdkText({ profiles, ssoSessions, services }: SharedSections): string {
  const kinds = [
    ['profile', profiles],
    ['sso-session', ssoSessions],
    ['services', services],
  ] as const;
  return kinds
    .flatMap(([kind, sections]) =>
      [...sections].flatMap(([name, section]) =>
        CUT.test(name) ? [] : [`[${kind}.${name}]`, ...sdkLines(section)],
      ),
    )
    .join('\n');
}

function sdkLines(section: ConfigSection): readonly string[] {
  return Object.entries(section).flatMap(([name, value = '']) => {
    const parts = value.split(LINE_BREAK).map((part) => part.trim());
    const line = `${name}=${parts.filter((part) => part !== '').join(' ')}`;
    return value === '' || CUT.test(line) ? [] : [line];
  });
}

/** Settings of the AWS SDK that may hold any text. */
const FREE_TEXTS = ['web_identity_token_file', 'sso_session'] as const;

/**
 * Checks that the AWS SDK can read a profile as it is in the files.
 *
 * @throws AwsError when something in it cannot be written for the SDK's reader
 */
export function checkForSdk(profileName: string, { profiles }: SharedSections): void {
  const profile = profiles.get(profileName) ?? {};
  const setting = FREE_TEXTS.find((key) => CUT.test(profile[key] ?? ''));
  const what = CUT.test(profileName) ? 'the name' : setting;
  if (what === undefined) return;
  throw new AwsError(credentialFailures['profile-unreadable'](profileName, what));
}
