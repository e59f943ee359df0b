import { callFailures } from '../../../../src/failures/calls.ts';
import { callerFailures } from '../../../../src/failures/caller.ts';
import { commandFailures } from '../../../../src/failures/commands.ts';
import { copyFailures } from '../../../../src/failures/copy.ts';
import { credentialFailures } from '../../../../src/failures/credentials.ts';
import { downloadFailures } from '../../../../src/failures/download.ts';
import { networkFailures } from '../../../../src/failures/network.ts';
import { portFailures } from '../../../../src/failures/ports.ts';
import { programFailures } from '../../../../src/failures/program.ts';
import { s3Failures } from '../../../../src/failures/s3.ts';
import { sessionFailures } from '../../../../src/failures/session.ts';
import { uploadFailures } from '../../../../src/failures/upload.ts';
import type { Failure } from '../../../../src/lib/errors/failure.ts';

const HOST = 'ssm.us-east-1.amazonaws.com';
const GATEWAY = 'ssmmessages.us-east-1.amazonaws.com';
const PROXY = 'http://proxy.example:3128 (HTTPS_PROXY)';
const PURPOSE = 'start a session on i-0123456789abcdef0';
const KEY = 'arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-4e5f-6789-0a1b-2c3d4e5f6789';

/** Failures that no scene makes happen. */
interface Unplayed {
  readonly why: string;
  readonly failures: readonly Failure[];
}

/** Why no scene makes these failures happen, and the failures with facts as they would have. */
export const UNPLAYED: readonly Unplayed[] = [
  {
    why: 'the program waits for 10 to 60 seconds before, at each of the widths',
    failures: [
      networkFailures['connection-timeout'](HOST, 10),
      networkFailures['proxy-timeout'](PROXY, 10),
      networkFailures['tls-timeout'](HOST, 10),
      credentialFailures['credentials-timeout'](30),
      callFailures['service-silent'](PURPOSE),
      sessionFailures['gateway-timeout'](GATEWAY),
      sessionFailures['gateway-stalled'](GATEWAY),
      sessionFailures['agent-silent'](),
    ],
  },
  {
    why: 'only another network, firewall or user of the machine causes them',
    failures: [
      networkFailures['no-route'](HOST),
      networkFailures['connection-forbidden'](HOST),
      networkFailures['connection-failed'](HOST, 'address family not supported by protocol'),
      portFailures['port-not-permitted']('127.0.0.1', 80),
      portFailures['socket-not-permitted']('/run/database.sock'),
      portFailures['listen-failed']('port 5432 of ::1', 'address family not supported by protocol'),
      portFailures['too-many-open-files']('port 5432 of 127.0.0.1'),
    ],
  },
  {
    why: 'the TLS of the runtime has it only with a broken peer',
    failures: [networkFailures['tls-failed'](HOST, 'tlsv1 alert internal error')],
  },
  {
    why: 'no file is missing in the program under test',
    failures: [programFailures['file-missing']('session.cjs')],
  },
  {
    why: 'it happens only on Windows',
    failures: [portFailures['socket-not-a-pipe']('/tmp/database.sock')],
  },
  {
    why: 'only a session of the AWS CLI has them, and its texts do not break at spaces',
    failures: [
      callerFailures['caller-arguments-invalid']('The session is not valid JSON'),
      credentialFailures['no-credentials-for-encryption'](
        KEY,
        'No AWS credentials found. Run `aws configure` or `aws sso login`, or pass --profile NAME.',
      ),
      portFailures['port-invalid']('80800'),
      portFailures['socket-path-missing'](),
      sessionFailures['resume-without-credentials']('no AWS credentials were found'),
      sessionFailures['encryption-unsupported-by-caller'](),
      sessionFailures['gateway-address-insecure']('The message gateway is not reached by TLS'),
    ],
  },
  {
    why: 'AWS, its gateway or an agent does not do what the tests rely on it to do',
    failures: [
      callFailures['source-unreachable'](
        'get the AWS credentials of profile work',
        'connect ECONNREFUSED 169.254.170.2:80',
      ),
      callFailures['answer-unreadable'](PURPOSE),
      callFailures['call-failed'](PURPOSE, 'TypeError'),
      sessionFailures['gateway-closed'](GATEWAY),
      sessionFailures['connection-broken']('the connection broke off'),
      sessionFailures['agent-request-unknown']('the session type Video'),
      sessionFailures['handshake-invalid']('the handshake request has more than 64 actions'),
      sessionFailures['agent-data-invalid']('a frame of an unknown version'),
    ],
  },
  {
    why: 'a target without the tools of every Linux, or one that goes away within a command, causes them',
    failures: [
      commandFailures['terminal-not-raw'](),
      sessionFailures['command-cut-off'](),
      sessionFailures['target-not-posix'](),
      commandFailures['stdin-unreadable']('EISDIR: illegal operation on a directory, read'),
      commandFailures['input-without-directory'](),
      commandFailures['input-without-fifo'](),
      sessionFailures['input-cut-off'](),
    ],
  },
  {
    why: 'a copy that ends with them has sessions, which would take long at each of the widths; test/program/commands/cp shows them',
    failures: [
      copyFailures['copy-source-missing']('/srv/www/access.log', 'web (i-0123456789abcdef0)'),
      copyFailures['copy-source-unreadable'](
        '/srv/www/access.log',
        'web (i-0123456789abcdef0)',
        'permission denied (EACCES)',
      ),
      copyFailures['copy-directory']('/srv/www/access.log', 'web (i-0123456789abcdef0)'),
      copyFailures['copy-special-file']('/srv/www/access.log', 'web (i-0123456789abcdef0)'),
      copyFailures['copy-stdin-needs-name']('/srv/www/access.log', 'web (i-0123456789abcdef0)'),
      copyFailures['copy-in-the-way']('/srv/www/access.log', 'a directory', 'a file'),
      copyFailures['copy-unwritable']('/srv/www/access.log', 'permission denied (EACCES)'),
      copyFailures['copy-name-unusable']('/srv/www/access.log', 'permission denied (EACCES)'),
      copyFailures['copy-changed']('/srv/www/access.log'),
      copyFailures['copy-changed-stdout']('/srv/www/access.log'),
      copyFailures['copy-shrunk']('/srv/www/access.log'),
      copyFailures['copy-archive-unsafe']('/srv/www/access.log', 'permission denied (EACCES)'),
      copyFailures['copy-archive-damaged']('permission denied (EACCES)'),
      copyFailures['copy-partial-file-foreign']('/srv/.f.part'),
      copyFailures['copy-without-tar']('web (i-0123456789abcdef0)'),
      downloadFailures['download-tool-missing']('mkfifo'),
      downloadFailures['download-unreadable'](
        'no space left on device',
        'permission denied (EACCES)',
      ),
      downloadFailures['download-changed']('no space left on device'),
      downloadFailures['download-command-failed'](
        'no space left on device',
        2,
        'permission denied (EACCES)',
      ),
      downloadFailures['download-no-directory'](
        'no space left on device',
        'permission denied (EACCES)',
      ),
      downloadFailures['download-damaged']('no space left on device'),
      downloadFailures['download-stalled']('no space left on device'),
      uploadFailures['upload-directory']('/srv/www/access.log'),
      uploadFailures['upload-not-a-directory']('/srv/www/access.log'),
      uploadFailures['upload-special-file']('/srv/www/access.log'),
      uploadFailures['upload-directory-missing']('/srv/www/access.log'),
      uploadFailures['upload-not-permitted']('/srv/www/access.log', 'permission denied (EACCES)'),
      uploadFailures['upload-disk-full']('/srv/www/access.log', 'permission denied (EACCES)'),
      uploadFailures['upload-unwritable']('/srv/www/access.log', 'permission denied (EACCES)'),
      uploadFailures['upload-directory-changed']('/srv/www/access.log'),
      uploadFailures['upload-tool-missing']('/srv/www/access.log', 'no space left on device'),
      uploadFailures['upload-sudo-refused']('/srv/www/access.log', 'permission denied (EACCES)'),
      uploadFailures['upload-receiver-failed']('/srv/www/access.log'),
      uploadFailures['upload-source-shorter']('/srv/www/access.log'),
      uploadFailures['upload-damaged']('/srv/www/access.log'),
      uploadFailures['upload-tar-failed']('/srv/www/access.log', 'permission denied (EACCES)'),
    ],
  },
  {
    why: 'a copy through S3 needs a store beside sessions; test/commands/cp/s3 and test/program/commands/cp show them',
    failures: [
      callFailures['bucket-not-found']('transfer'),
      s3Failures['s3-object-left']('s3://transfer/copies/session-manager-plugin-0a1b2c'),
      s3Failures['s3-versions-kept']('s3://transfer/copies/session-manager-plugin-0a1b2c'),
      s3Failures['s3-tool-missing']('/srv/www/access.log', 'curl or wget'),
      s3Failures['s3-target-failed']('/srv/www/access.log', 'curl: (28) Connection timed out'),
      s3Failures['s3-answer-lost']('/srv/www/access.log'),
      s3Failures['s3-source-unreadable']('/srv/www/access.log', 'permission denied'),
      s3Failures['s3-powershell-failed']('web (i-0123456789abcdef0)', 'access is denied'),
      s3Failures['s3-no-sudo']('web (i-0123456789abcdef0)'),
    ],
  },
  {
    why: 'a person, a browser or an identity provider has to do something wrong elsewhere',
    failures: [
      credentialFailures['mfa-code-used']('work', 'arn:aws:iam::123456789012:mfa/jane'),
      credentialFailures['sign-in-failed'](
        'https://company.example/start',
        'the request was denied',
      ),
      credentialFailures['web-identity-refused'](),
      sessionFailures['connection-canceled'](GATEWAY),
    ],
  },
];
