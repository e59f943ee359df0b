import { defineFailures } from '../lib/errors/failure.ts';
import { profileOption } from './profile-option.ts';

/**
 * Failures of AWS credentials. What to do about expired ones depends on their source: `renewalHint` adds
 * it. `profile` is a name in the shared AWS files.
 */
export const credentialFailures = defineFailures({
  'no-credentials': {
    reason: 'no-credentials',
    text: () => [
      'No AWS credentials found',
      'Run `aws configure` or `aws sso login`, or pass --profile NAME',
    ],
  },
  'no-credentials-for-encryption': {
    reason: 'no-credentials',
    text: (keyId: string, cause: string) => [
      `This session is encrypted with the KMS key ${keyId}, and AWS credentials are needed for that`,
      cause,
    ],
  },
  'profile-not-found': {
    reason: 'no-credentials',
    text: (profile: string, nearest?: string) => [
      `There is no profile ${profile} in the shared AWS config and credentials files`,
      nearest === undefined
        ? 'To list the profiles, run `aws configure list-profiles`'
        : `Did you mean ${nearest}?`,
    ],
  },
  'aws-file-unreadable': {
    reason: 'no-credentials',
    text: (fault: string) => [fault, 'Correct the file: the AWS CLI cannot read it either'],
  },
  'source-profile-not-found': {
    reason: 'no-credentials',
    text: (profile: string, source: string) => [
      `Profile ${profile} names the source_profile ${source}, which does not exist`,
      `Correct the name, or create it with \`aws configure${profileOption(source)}\``,
    ],
  },
  'source-profile-cycle': {
    reason: 'no-credentials',
    text: (profile: string, cycle: string) => [
      `The source_profile settings of profile ${profile} form a cycle: ${cycle}`,
      'Change one of them to a profile that has credentials',
    ],
  },
  'credential-source-empty': {
    reason: 'no-credentials',
    text: (profile: string) => [
      `The credential_source of profile ${profile} is Environment, but AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set`,
      'Set both, or change credential_source',
    ],
  },
  'credential-source-unknown': {
    reason: 'no-credentials',
    text: (profile: string, name: string) => [
      `Profile ${profile} has the unknown credential_source ${name}`,
      'Use Ec2InstanceMetadata, EcsContainer or Environment',
    ],
  },
  'credential-source-failed': {
    reason: 'no-credentials',
    text: (profile: string, why: string) => [
      `Profile ${profile} has no usable credentials: ${why}`,
      `To see its settings, run \`aws configure list${profileOption(profile)}\``,
    ],
  },
  'credential-variable-failed': {
    reason: 'no-credentials',
    text: (variable: string) => [
      `No credentials came from the source that ${variable} names`,
      `Correct ${variable}, or unset it`,
    ],
  },
  'credential-process-failed': {
    reason: 'no-credentials',
    text: (profile: string, why: string) => [
      `The credential_process of profile ${profile} ${why}`,
      'Run its command in a terminal, and correct what it reports',
    ],
  },
  'credential-process-expired': {
    reason: 'expired-credentials',
    text: (profile: string) => [
      `The credential_process of profile ${profile} printed credentials that have expired`,
      'Sign in to the source that it reads',
    ],
  },
  'profile-unreadable': {
    reason: 'invalid',
    text: (profile: string, what: string) => [
      `In profile ${profile}, ${what} has a blank before # or ;, and the AWS SDK treats the rest as a comment`,
      'Remove the blank, or the # or ; after it',
    ],
  },
  'mfa-code-needed': {
    reason: 'no-credentials',
    text: (profile: string, serial: string) => [
      `The role of profile ${profile} needs a code of the MFA device ${serial}, and there is no terminal to ask for it`,
      `Run this in a terminal first, because it stores credentials for this program, too: \`aws sts get-caller-identity${profileOption(profile)}\``,
    ],
  },
  'mfa-code-used': {
    reason: 'no-credentials',
    text: (profile: string, serial: string) => [
      `The code of the MFA device ${serial} for profile ${profile} was already used and did not work`,
      'Start again with a new code',
    ],
  },
  'mfa-code-missing': {
    reason: 'no-credentials',
    text: (serial: string) => [
      `No code of the MFA device ${serial} was entered`,
      'Start again, and type the code that the device shows',
    ],
  },
  'credentials-expired': {
    reason: 'expired-credentials',
    text: () => ['The AWS credentials have expired', ''],
  },
  'sign-in-expired': {
    reason: 'expired-credentials',
    text: (profile: string) => [`The sign-in of profile ${profile} has expired`, ''],
  },
  'sign-in-failed': {
    reason: 'expired-credentials',
    text: (where: string, why: string) => [
      `The sign-in${where === '' ? '' : ` at ${where}`} failed: ${why}`,
      'Start again, and finish the sign-in in the browser',
    ],
  },
  'credentials-timeout': {
    reason: 'credentials-timeout',
    text: (seconds: number) => [
      `The source of the AWS credentials did not answer within ${seconds} s`,
      'Check the network connection, and the credential_process or role of the profile',
    ],
  },
  'credentials-invalid': {
    reason: 'invalid-credentials',
    text: () => [
      'AWS does not know these credentials: the access key or the session token is wrong',
      'Correct them with `aws configure`, or choose others with --profile NAME',
    ],
  },
  'signature-refused': {
    reason: 'invalid-credentials',
    text: () => [
      'AWS did not accept the signature of the request: the secret access key or the clock of this machine is wrong',
      'Correct the key with `aws configure`, and check the clock',
    ],
  },
  'clock-wrong': {
    reason: 'invalid-credentials',
    text: () => [
      'AWS did not accept the time of the request: the clock of this machine is wrong',
      'Set the clock, or turn on network time (NTP)',
    ],
  },
  'web-identity-refused': {
    reason: 'invalid-credentials',
    text: () => [
      'AWS did not accept the web identity token',
      'Check that web_identity_token_file, or AWS_WEB_IDENTITY_TOKEN_FILE, contains a new token',
    ],
  },
});
