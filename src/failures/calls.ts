import { quoteForShell } from '../lib/quote-for-shell.ts';
import { printable } from '../lib/printable.ts';
import { defineFailures } from '../lib/errors/failure.ts';
import { LIST_SESSIONS, LIST_TARGETS } from './remedies.ts';

/** What a call does, after "Cannot": `start a session on i-0123456789abcdef0`. */
type Purpose = string;

/** What a call did not do, and why. */
export function cannot(purpose: Purpose, why: string): string {
  return `Cannot ${purpose}: ${why}`;
}

/**
 * Failures of a call to AWS. `message` is AWS's own text, or empty;
 * `denied` is a text of `deniedText`. The names of the call and of the
 * error are for the log.
 */
export const callFailures = defineFailures({
  'access-denied': {
    reason: 'access-denied',
    text: (purpose: Purpose, denied: string) => [
      cannot(purpose, denied),
      'Ask the administrator of the AWS account for this permission',
    ],
  },
  'session-not-found': {
    reason: 'not-found',
    text: (purpose: Purpose) => [
      cannot(purpose, 'there is no such session, or it has ended'),
      LIST_SESSIONS,
    ],
  },
  'secret-not-found': {
    reason: 'not-found',
    text: (id: string) => [
      `There is no secret ${printable(id)} in this region`,
      'Check its name, --region and --profile. To list the secrets, run `aws secretsmanager list-secrets`',
    ],
  },
  'bucket-not-found': {
    reason: 'not-found',
    text: (bucket: string) => [
      `There is no bucket ${bucket}`,
      'Check its name. To list your buckets, run `aws s3 ls`',
    ],
  },
  'document-not-found': {
    reason: 'not-found',
    text: (purpose: Purpose, document: string) => [
      cannot(purpose, `there is no document ${document} in this region`),
      'To list the documents, run `aws ssm list-documents --filters Key=DocumentType,Values=Session`',
    ],
  },
  'document-refused': {
    reason: 'invalid',
    text: (purpose: Purpose, document: string, message: string) => [
      cannot(purpose, `the document ${document} cannot be used${quoted(message)}`),
      `To see it, run \`aws ssm get-document --name ${quoteForShell(document)}\``,
    ],
  },
  'parameters-refused': {
    reason: 'invalid',
    text: (purpose: Purpose, document: string, message: string) => [
      cannot(purpose, `the document ${document} does not accept the parameters${quoted(message)}`),
      `To see which ones it has, run \`aws ssm describe-document --name ${quoteForShell(document)}\``,
    ],
  },
  'target-not-connected': {
    reason: 'target-not-connected',
    text: (purpose: Purpose, target: string, region: string) => [
      cannot(
        purpose,
        `it is not connected to Systems Manager${region === '' ? '' : ` in ${region}`}`,
      ),
      `To find out why, run \`session-manager-plugin doctor ${quoteForShell(target)}\``,
    ],
  },
  'target-not-in-region': {
    reason: 'target-not-connected',
    text: (purpose: Purpose, region: string) => [
      cannot(purpose, `this account has no managed node with this id in ${region}`),
      `Check the id, --region and --profile. ${LIST_TARGETS}`,
    ],
  },
  'target-offline': {
    reason: 'target-not-connected',
    text: (purpose: Purpose, target: string, pingStatus: string) => [
      cannot(purpose, `its SSM Agent is offline (ping status ${pingStatus})`),
      `${startRemedy(target)}. To find out more, run \`session-manager-plugin doctor ${quoteForShell(target)}\``,
    ],
  },
  'container-not-connected': {
    reason: 'target-not-connected',
    text: (purpose: Purpose, cluster: string, task: string) => [
      cannot(
        purpose,
        'the container is not connected to Systems Manager, because its task has ended or ECS Exec is not enabled for it',
      ),
      `To see which, run \`aws ecs describe-tasks --cluster ${quoteForShell(cluster)} --tasks ${quoteForShell(task)} --query "tasks[].[lastStatus,enableExecuteCommand]"\``,
    ],
  },
  'exec-document-refused': {
    reason: 'invalid',
    text: (why: string, interactively: string) => [
      `Cannot run the command: ${why}`,
      `To run it in a terminal, without an exit status:\n  ${interactively}`,
    ],
  },
  'shell-options-denied': {
    reason: 'access-denied',
    text: (problem: string, document: string, plainly: string) => [
      problem,
      `Options of a shell, and commands in it, need the document ${document}. To open a shell without them:\n  ${plainly}`,
    ],
  },
  throttled: {
    reason: 'throttled',
    text: (purpose: Purpose) => [
      cannot(purpose, 'AWS received too many requests from this account'),
      'Try again in a minute',
    ],
  },
  'quota-reached': {
    reason: 'invalid',
    text: (purpose: Purpose, message: string) => [
      cannot(purpose, `a quota of the AWS account is reached${quoted(message)}`),
      'To list your open sessions, run `session-manager-plugin sessions`. To end one, run `session-manager-plugin sessions --terminate ID`',
    ],
  },
  'service-failed': {
    reason: 'service',
    text: (purpose: Purpose) => [
      cannot(purpose, 'AWS reported an error on its side'),
      'Try again in a minute. AWS reports outages at https://health.aws.amazon.com/health/status',
    ],
  },
  'service-silent': {
    reason: 'network',
    text: (purpose: Purpose) => [
      cannot(purpose, 'AWS did not answer in time'),
      'Check the network connection, and try again',
    ],
  },
  'source-unreachable': {
    reason: 'network',
    text: (purpose: Purpose, why: string) => [
      cannot(purpose, `their source cannot be reached${why === '' ? '' : ` (${why})`}`),
      'Check the network connection, and try again',
    ],
  },
  'answer-not-from-aws': {
    reason: 'invalid',
    text: (purpose: Purpose, status: number) => [
      cannot(purpose, `the answer does not come from AWS (HTTP status ${status})`),
      'Sign in to the network if it has a sign-in page, and check the proxy and endpoint settings',
    ],
  },
  'answer-unreadable': {
    reason: 'invalid',
    text: (purpose: Purpose) => [
      cannot(purpose, 'the answer cannot be read'),
      'Check the proxy and endpoint settings. For details, add `--log-level debug`',
    ],
  },
  'answer-incomplete': {
    reason: 'invalid',
    text: (purpose: Purpose, what: string) => [
      cannot(purpose, `the answer of AWS contains no ${what}`),
      'Check the endpoint settings, and try again',
    ],
  },
  'call-refused': {
    reason: 'invalid',
    text: (purpose: Purpose, message: string) => [
      message === '' ? cannot(purpose, 'AWS refused it') : cannot(purpose, message),
      'For details, add `--log-level debug`',
    ],
  },
  'call-failed': {
    reason: 'service',
    text: (purpose: Purpose, kind: string) => [
      cannot(purpose, `the call to AWS failed (${kind})`),
      'For details, add `--log-level debug`',
    ],
  },
  'kms-key-not-found': {
    reason: 'not-found',
    text: (keyId: string) => [
      `Cannot encrypt the session: there is no KMS key ${keyId}`,
      'The AWS account encrypts its sessions with this key. Ask the administrator of the account to correct the preferences of Session Manager',
    ],
  },
  'kms-key-disabled': {
    reason: 'kms-key-disabled',
    text: (keyId: string) => [
      `Cannot encrypt the session: the KMS key ${keyId} is disabled`,
      `Ask its administrator to enable it: \`aws kms enable-key --key-id ${quoteForShell(keyId)}\``,
    ],
  },
  'kms-key-unusable': {
    reason: 'kms-key-unusable',
    text: (keyId: string, message: string) => [
      `Cannot encrypt the session: the KMS key ${keyId} cannot be used${quoted(message)}`,
      `Ask its administrator to check it: \`aws kms describe-key --key-id ${quoteForShell(keyId)}\``,
    ],
  },
});

/** The message of AWS, after the program's text. */
function quoted(message: string): string {
  return message === '' ? '' : ` (${message})`;
}

/** What brings a target back: only EC2 instances can be started from here. */
function startRemedy(target: string): string {
  return target.startsWith('i-')
    ? 'If it is stopped, add --start; if it is starting, add --wait'
    : 'Start the machine if it is stopped, and add --wait';
}
