import { isAwsError } from '../../../aws/sdk/aws-error.ts';
import type { DocumentCalls, SessionDocument } from '../../../aws/aws.ts';
import { logsOf, PREFERENCES, settingOf } from '../../../cli/account-logs/session-preferences.ts';
import { explain } from './explain.ts';
import { ok, type Finding } from './finding.ts';

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
    return { finding: ok(check, text), usesKms: settingOf(inputs, 'kmsKeyId') !== '' };
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
  ] as const;
  const settings = [
    ...descriptions.flatMap(([name, describe]) => {
      const value = settingOf(inputs, name);
      return value === '' ? [] : [describe(value)];
    }),
    ...logsOf(inputs).map((place) => `logged to ${place}`),
  ];
  if (inputs['runAsEnabled'] !== true) return settings;
  const user = settingOf(inputs, 'runAsDefaultUser');
  return [
    ...settings,
    user === '' ? 'run as the user in the caller’s SSMSessionRunAs tag' : `run as ${user}`,
  ];
}
