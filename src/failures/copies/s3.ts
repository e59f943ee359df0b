import { defineFailures } from '../../lib/errors/failure.ts';

const REACH_S3 =
  'Check that the target can reach S3: through a NAT gateway, or a VPC endpoint for S3';

/** Failures of copies through a bucket of S3. `object` is `s3://BUCKET/KEY`, `path` a path of the target. */
export const s3Failures = defineFailures({
  's3-object-left': {
    reason: 'input',
    text: (object: string) => [
      `${object} could not be removed, and still has what was copied`,
      `Remove it with \`aws s3 rm ${object}\`, and ask for the permission s3:DeleteObject`,
    ],
  },
  's3-parts-left': {
    reason: 'input',
    text: (object: string) => [
      `Parts of ${object} could not be removed, and still have what was copied`,
      'Add a lifecycle rule to the bucket that removes incomplete multipart uploads, and ask for the permission s3:AbortMultipartUpload',
    ],
  },
  's3-versions-kept': {
    reason: 'input',
    text: (object: string) => [
      `The bucket keeps old versions, also the one of ${object}, which has what was copied`,
      'Use a bucket without versioning, or one with a lifecycle rule that expires old versions',
    ],
  },
  's3-tool-missing': {
    reason: 'input',
    text: (path: string, tools: string) => [
      `Cannot copy "${path}" through S3: the target has no ${tools}`,
      'Install it there, or copy without --via',
    ],
  },
  's3-no-room': {
    reason: 'input',
    text: (path: string) => [
      `Cannot copy "${path}": the target has no space for a part of it in its directory for temporary files`,
      'Free some space there, or set TMPDIR there to another directory',
    ],
  },
  's3-target-failed': {
    reason: 'network',
    text: (path: string, why: string) => [
      `Cannot copy "${path}": the request of the target to S3 failed${why === '' ? '' : ` (${why})`}`,
      REACH_S3,
    ],
  },
  's3-answer-lost': {
    reason: 'network',
    text: (path: string) => [
      `Cannot copy "${path}": the connection to S3 broke several times`,
      'Check the network connection, and copy it again',
    ],
  },
  's3-source-unreadable': {
    reason: 'input',
    text: (path: string, why: string) => [
      `"${path}" cannot be read on the target${why === '' ? '' : `: ${why}`}`,
      'Check the permissions of the file and of the directories above it',
    ],
  },
  's3-powershell-failed': {
    reason: 'input',
    text: (target: string, why: string) => [
      `${target} did not run what the copy needs${why === '' ? '' : `: ${why}`}`,
      'Check that it has Windows PowerShell 5.1, and that no policy restricts its language',
    ],
  },
  's3-no-sudo': {
    reason: 'input',
    text: (target: string) => [
      `${target} runs Windows, which has no sudo`,
      'Leave out --sudo: the user of sessions is an administrator there, unless the account has chosen another',
    ],
  },
});
