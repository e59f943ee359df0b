import { isAwsError } from '../../../aws/sdk/aws-error.ts';
import type { DocumentCalls, SessionDocument } from '../../../aws/aws.ts';
import { explain } from './explain.ts';
import { ok, type Finding } from './finding.ts';

/** The document that holds an account's preferences of sessions in a region. */
const PREFERENCES = 'SSM-SessionManagerRunShell';

/** What the account asks of its sessions. */
export interface PreferencesCheck {
  readonly finding: Finding;
  /** Whether sessions are encrypted with a key of KMS, if that is known. */
  readonly usesKms: boolean;
}

/**
 * What the account's preferences require of shell sessions. A caller that may not read them can still
 * start sessions, so nothing here is a failure.
 */
export async function checkPreferences(calls: DocumentCalls): Promise<PreferencesCheck> {
  const check = 'preferences';
  try {
    const { inputs } = await calls.document(PREFERENCES);
    const requirements = describeSettings(inputs);
    const text = requirements.length === 0 ? 'the defaults apply' : requirements.join(', ');
    return { finding: ok(check, text), usesKms: textOf(inputs, 'kmsKeyId') !== '' };
  } catch (error) {
    const isDefault = isAwsError(error) && error.reason === 'not-found';
    const text = isDefault
      ? 'none set, the defaults apply'
      : `cannot be read: ${explain(error).text}`;
    return { finding: ok(check, text), usesKms: false };
  }
}

/** The settings that change what a session does, in words (Session Manager user guide, "Session preferences"). */
function describeSettings(inputs: SessionDocument['inputs']): readonly string[] {
  const descriptions = [
    ['kmsKeyId', (key: string) => `encrypted with the KMS key ${key} (kms:GenerateDataKey)`],
    ['idleSessionTimeout', (minutes: string) => `ended after ${minutes} min of inactivity`],
    ['maxSessionDuration', (minutes: string) => `ended after ${minutes} min at the latest`],
    ['s3BucketName', (bucket: string) => `logged to the S3 bucket ${bucket}`],
    ['cloudWatchLogGroupName', (group: string) => `logged to the CloudWatch group ${group}`],
  ] as const;
  const settings = descriptions.flatMap(([name, describe]) => {
    const value = textOf(inputs, name);
    return value === '' ? [] : [describe(value)];
  });
  if (inputs['runAsEnabled'] !== true) return settings;
  const user = textOf(inputs, 'runAsDefaultUser');
  return [
    ...settings,
    user === '' ? 'run as the user in the caller’s SSMSessionRunAs tag' : `run as ${user}`,
  ];
}

/** Numbers may come as such or as text. */
function textOf(inputs: SessionDocument['inputs'], name: string): string {
  const value = inputs[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
