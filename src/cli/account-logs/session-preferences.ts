import type { SessionDocument } from '../../aws/aws.ts';

/** The document that holds an account's preferences of sessions in a region. */
export const PREFERENCES = 'SSM-SessionManagerRunShell';

/** A setting of the preferences; empty when it is not set. Numbers may come as such or as text. */
export function settingOf(inputs: SessionDocument['inputs'], name: string): string {
  const value = inputs[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Where the account logs what sessions show, in words; none when it does not (Session Manager user guide, "Logging session activity"). */
export function logsOf(inputs: SessionDocument['inputs']): readonly string[] {
  const bucket = settingOf(inputs, 's3BucketName');
  const group = settingOf(inputs, 'cloudWatchLogGroupName');
  return [
    ...(bucket === '' ? [] : [`the S3 bucket ${bucket}`]),
    ...(group === '' ? [] : [`the CloudWatch group ${group}`]),
  ];
}
