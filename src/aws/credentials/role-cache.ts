import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { AwsCredentials } from './credentials.ts';
import type { Environment } from '../aws-options.ts';
import type { ConfigSection } from '../shared-config.ts';
import { expandHome } from '../shared-files/file-paths.ts';
import { objectMember, stringMember } from '../../lib/json.ts';
import { readJsonFile, writePrivateJson } from '../../lib/private-file.ts';

/** Where the AWS CLI keeps the credentials of roles (awscli/customizations/assumerole.py). */
const DIRECTORY = '~/.aws/cli/cache';

/**
 * The file in which the AWS CLI keeps the credentials of a profile's role
 * (botocore/credentials.py, `BaseAssumeRoleCredentialFetcher._create_cache_key`).
 *
 * @param settings - those of the profile
 */
export function roleCachePath(settings: ConfigSection, env: Environment): string {
  const hash = createHash('sha1').update(roleCacheText(settings)).digest('hex');
  return join(expandHome(DIRECTORY, env), `${hash}.json`);
}

/**
 * The text that is hashed: the parameters of AssumeRole as Python's `json.dumps(…, sort_keys=True)` writes
 * them.
 */
function roleCacheText(settings: ConfigSection): string {
  const parameters = [
    ['DurationSeconds', durationOf(settings['duration_seconds'])],
    ['ExternalId', quoted(settings['external_id'])],
    ['RoleArn', quoted(settings['role_arn'])],
    ['RoleSessionName', quoted(settings['role_session_name'])],
    ['SerialNumber', quoted(settings['mfa_serial'])],
  ];
  const members = parameters.flatMap(([name, value]) =>
    value === undefined ? [] : [`"${name}": ${value}`],
  );
  return `{${members.join(', ')}}`;
}

/** A whole number as Python's `int` reads it; any other value is left out. */
function durationOf(text: string | undefined): string | undefined {
  const digits = text?.trim() ?? '';
  return /^[+-]?\d+$/.test(digits) ? String(BigInt(digits.replace(/^\+/, ''))) : undefined;
}

/** Python escapes everything beyond ASCII. */
function quoted(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The credentials in a file of the cache, expired or not; undefined without any. */
export async function readRoleCache(path: string): Promise<Required<AwsCredentials> | undefined> {
  const cached = objectMember((await readJsonFile(path)) ?? {}, 'Credentials');
  const accessKeyId = stringMember(cached, 'AccessKeyId');
  const secretAccessKey = stringMember(cached, 'SecretAccessKey');
  const sessionToken = stringMember(cached, 'SessionToken');
  const expiration = timeIn(stringMember(cached, 'Expiration'));
  if (accessKeyId === '' || secretAccessKey === '' || expiration === undefined) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken, expiration };
}

/**
 * Keeps the credentials of a role for the AWS CLI and later runs.
 *
 * @throws an error of the file system
 */
export async function writeRoleCache(path: string, credentials: AwsCredentials): Promise<void> {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  if (sessionToken === undefined || expiration === undefined) return;
  await writePrivateJson(path, {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration.toISOString(),
    },
  });
}

/** A time as botocore writes it: ISO 8601, with `Z`, `UTC` or an offset at its end. */
function timeIn(text: string): Date | undefined {
  const time = new Date(text.replace(/UTC$/, 'Z'));
  return Number.isNaN(time.getTime()) ? undefined : time;
}
