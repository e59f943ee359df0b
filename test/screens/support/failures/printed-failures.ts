import { backgroundFailures } from '../../../../src/failures/background.ts';
import { callFailures } from '../../../../src/failures/calls.ts';
import { callerFailures } from '../../../../src/failures/caller.ts';
import { commandFailures } from '../../../../src/failures/commands.ts';
import { connectionFailures } from '../../../../src/failures/connections.ts';
import { recordingFailures } from '../../../../src/failures/recordings.ts';
import { copyFailures } from '../../../../src/failures/copies/copy.ts';
import { credentialFailures } from '../../../../src/failures/credentials.ts';
import { databaseClientFailures } from '../../../../src/failures/database-clients.ts';
import { desktopFailures } from '../../../../src/failures/desktops.ts';
import { downloadFailures } from '../../../../src/failures/copies/download.ts';
import { networkFailures } from '../../../../src/failures/network.ts';
import { portFailures } from '../../../../src/failures/ports.ts';
import { proxyFailures } from '../../../../src/failures/proxy.ts';
import { programFailures } from '../../../../src/failures/program.ts';
import { s3Failures } from '../../../../src/failures/copies/s3.ts';
import { sessionFailures } from '../../../../src/failures/session.ts';
import { sshFailures } from '../../../../src/failures/ssh.ts';
import { storageFailures } from '../../../../src/failures/storage.ts';
import { shellFailures } from '../../../../src/failures/shells.ts';
import { tunnelFailures } from '../../../../src/failures/tunnels.ts';
import { uploadFailures } from '../../../../src/failures/copies/upload.ts';
import type { Failure } from '../../../../src/lib/errors/failure.ts';

const HOST = 'ssm.us-east-1.amazonaws.com';
const GATEWAY = 'ssmmessages.us-east-1.amazonaws.com';
const PROXY = 'http://proxy.example:3128 (HTTPS_PROXY)';
const DATABASE = 'shop.c1a2b3d4e5f6.us-east-1.rds.amazonaws.com';
const PURPOSE = 'start a session on i-0123456789abcdef0';
const WEB = 'web (i-0123456789abcdef0)';
/** A path of a target, and a source as the user writes it. */
const THERE = '/srv/www/access.log';
const FROM_TARGET = `web:${THERE}`;
const KEY = 'arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-4e5f-6789-0a1b-2c3d4e5f6789';

/** Failures that no scene makes happen. */
interface Unplayed {
  readonly why: string;
  readonly failures: readonly Failure[];
}

/** Why no scene makes these failures happen, and the failures with facts as they would have. */
export const UNPLAYED: readonly Unplayed[] = [
  {
    why: 'clients of the proxy get them, as pages or replies of SOCKS',
    failures: [
      proxyFailures['proxy-denied']('example.com:80'),
      proxyFailures['proxy-target-itself']('localhost:8080'),
      proxyFailures['proxy-destination-unreachable'](WEB, 'db.internal:5432'),
      proxyFailures['proxy-busy'](20),
      proxyFailures['proxy-session-ended']('db.internal:5432'),
      proxyFailures['proxy-answer-invalid']('db.internal:5432'),
      proxyFailures['proxy-request-invalid']('it is not valid HTTP'),
    ],
  },
  {
    why: 'the SSH server of a target is that of this machine, and ssh a program of this machine',
    failures: [
      sshFailures['ssh-missing']('ssh'),
      sshFailures['ssh-key-not-made']('unknown key type ed25519'),
      sshFailures['ssh-server-missing'](WEB),
      sshFailures['ssh-user-needed'](WEB),
      sshFailures['ssh-user-missing']('anna', WEB),
      sshFailures['ssh-key-not-added']('anna', WEB, 'sudo: a password is required'),
      sshFailures['ssh-key-late'](WEB, 60),
      sshFailures['ssh-login-refused']('anna', WEB),
    ],
  },
  {
    why: 'whether a client is there differs from machine to machine',
    failures: [
      desktopFailures['desktop-client-missing'](
        'VNC',
        ['vncviewer', 'remmina'],
        'forward TARGET 5900',
      ),
      databaseClientFailures['database-client-missing'](
        'shop',
        ['mysql', 'mariadb'],
        'mariadb-client (apt), mariadb (dnf) or mysql-client (brew)',
      ),
      databaseClientFailures['database-client-asks']('mongosh'),
      databaseClientFailures['database-authorities-unusable']('bundle.pem', 'it cannot be read'),
      databaseClientFailures['database-secret-unusable']('shop/app', 'it has a control character'),
      callFailures['secret-not-found']('shop/app'),
      databaseClientFailures['database-token-unusable'](
        'cache',
        'its user is unknown',
        'Name the user: --user NAME',
      ),
      databaseClientFailures['database-untrusted'](
        networkFailures['certificate-issuer-unknown'](
          DATABASE,
          '"Amazon RDS us-east-1 Subordinate CA RSA2048 G1.A.1"',
          '"Amazon RDS us-east-1 Root CA RSA2048 G1"',
          '',
        ).problem,
        'shop',
        true,
      ),
      databaseClientFailures['database-name-differs'](
        networkFailures['certificate-wrong-host'](DATABASE, '"Amazon RDS"', 'other.example')
          .problem,
      ),
      databaseClientFailures['database-unanswered'](DATABASE, 'timed out after 10 s', true),
      databaseClientFailures['database-tls-off'](DATABASE),
      desktopFailures['password-key-differs']('windows.pem', 'i-0123456789abcdef0'),
      desktopFailures['password-missing']('i-0123456789abcdef0'),
      desktopFailures['password-elsewhere']('mi-0123456789abcdef0'),
      desktopFailures['password-unsupported'](),
    ],
  },
  {
    why: 'a full disk causes it',
    failures: [
      storageFailures['private-files-unwritable'](
        '/run/user/1000/session-manager-plugin/ssh',
        'no space left on device',
        'XDG_RUNTIME_DIR',
      ),
    ],
  },
  {
    why: 'a supervisor that was killed, stopped, or is of another version of the program causes them',
    failures: [
      backgroundFailures['supervisor-not-started']('resource temporarily unavailable'),
      backgroundFailures['supervisor-unreachable'](
        'it has ended',
        'Run `session-manager-plugin up` again',
      ),
      backgroundFailures['supervisor-version']('1.4.0.0', '1.3.0.0'),
      backgroundFailures['supervisor-refused']('it is not complete'),
      backgroundFailures['connection-process-ended']('SIGKILL'),
      backgroundFailures['program-not-found'](
        '/usr/local/sessionmanagerplugin/bin/session-manager-plugin',
        'there is no such file',
      ),
      backgroundFailures['program-replaced'](),
    ],
  },
  {
    why: 'the target lacks something, or sends what no relay sends',
    failures: [
      tunnelFailures['tunnel-without-interpreter'](),
      tunnelFailures['tunnel-without-directory'](),
      tunnelFailures['tunnel-without-fifo'](),
      tunnelFailures['tunnel-needed']('10.0.0.2:53/udp'),
      tunnelFailures['remote-port-in-use'](9000, '127.0.0.1'),
      tunnelFailures['remote-port-denied'](80),
      tunnelFailures['remote-listen-failed'](9000, '10.0.0.7', 'unresolved'),
      tunnelFailures['tunnel-ended']('Killed'),
      tunnelFailures['tunnel-silent'](),
      tunnelFailures['tunnel-data-invalid']('a frame before HELLO'),
    ],
  },
  {
    why: 'the program that --exec names causes them',
    failures: [
      commandFailures['program-missing']('kubctl'),
      commandFailures['program-not-started'](
        '/srv/deploy',
        'permission denied',
        'Make it executable, for example with `chmod +x`',
      ),
    ],
  },
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
      sessionFailures['input-not-ready'](),
    ],
  },
  {
    why: 'only another network, firewall or user of the machine causes them',
    failures: [
      networkFailures['no-route'](HOST),
      connectionFailures['connections-untrusted'](
        '/srv/shop/.ssm.toml',
        'it belongs to the user with the id 1001',
        'Copy it to a directory of yours, or work in another directory',
      ),
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
      sessionFailures['output-cut-off'](),
    ],
  },
  {
    why: 'users, sudo and shells of the target cause them, which the machine of the tests may not have so',
    failures: [
      shellFailures['user-not-allowed']('deploy', 'sudo: a password is required'),
      shellFailures['sudo-missing']('deploy'),
      shellFailures['login-shell-missing'](),
      shellFailures['shell-not-permitted'](),
      shellFailures['shell-not-started']('sh: UID: readonly variable'),
    ],
  },
  {
    why: 'a copy that ends with them has several sessions, which takes long at each of the widths',
    failures: [
      copyFailures['copy-source-missing'](THERE, WEB),
      copyFailures['copy-source-unreadable'](
        'notes.txt',
        'this machine',
        'permission denied (EACCES)',
      ),
      copyFailures['copy-directory']('/srv/www', WEB),
      copyFailures['copy-special-file']('/dev/sda', WEB),
      copyFailures['copy-stdin-needs-name']('/srv/www', WEB),
      copyFailures['copy-in-the-way']('/home/jane/www', 'a file', 'a directory'),
      copyFailures['copy-unwritable']('/home/jane/access.log', 'no space left on device (ENOSPC)'),
      copyFailures['copy-appeared']('/home/jane/access.log'),
      copyFailures['copy-name-unusable']('aux.txt', 'the name is that of a device'),
      copyFailures['copy-operand-not-utf8']('caf\ufffd.txt'),
      copyFailures['copy-changed'](FROM_TARGET),
      copyFailures['copy-changed-stdout'](FROM_TARGET),
      copyFailures['copy-shrunk']('/home/jane/www/access.log'),
      copyFailures['copy-archive-unsafe'](
        '../../.ssh/authorized_keys',
        'a path that leaves the directory',
      ),
      copyFailures['copy-archive-damaged']('it ends too early'),
      copyFailures['copy-partial-file-foreign']('/home/jane/.access.log.0123456789ab.part'),
      copyFailures['copy-without-tar'](WEB),
      downloadFailures['download-tool-missing']('mkfifo'),
      downloadFailures['download-unreadable'](FROM_TARGET, 'Permission denied'),
      downloadFailures['download-sudo-refused'](FROM_TARGET, 'a password is required'),
      downloadFailures['download-changed'](FROM_TARGET),
      downloadFailures['download-command-failed'](FROM_TARGET, 2, 'dd: not found'),
      downloadFailures['download-no-directory'](FROM_TARGET, 'No space left on device'),
      downloadFailures['download-damaged'](FROM_TARGET, 'a line is no base64'),
      downloadFailures['download-stalled'](FROM_TARGET),
      uploadFailures['upload-directory'](THERE),
      uploadFailures['upload-not-a-directory'](THERE),
      uploadFailures['upload-special-file']('/dev/sda'),
      uploadFailures['upload-directory-missing'](THERE),
      uploadFailures['upload-not-permitted'](THERE, 'permission denied'),
      uploadFailures['upload-disk-full'](THERE, 'no space left on device'),
      uploadFailures['upload-unwritable'](THERE, 'input/output error'),
      uploadFailures['upload-directory-changed'](THERE),
      uploadFailures['upload-directory-unowned'](THERE),
      uploadFailures['upload-busy'](THERE),
      uploadFailures['upload-appeared'](THERE),
      uploadFailures['upload-stalled'](THERE),
      uploadFailures['upload-tool-missing'](THERE, 'sha256sum, shasum and openssl'),
      uploadFailures['upload-sudo-refused'](THERE, 'sudo: a password is required'),
      uploadFailures['upload-receiver-failed'](THERE),
      uploadFailures['upload-source-shorter'](THERE),
      uploadFailures['upload-damaged'](THERE),
      uploadFailures['upload-tar-failed'](THERE, 'tar: index.html: Cannot open: File exists'),
    ],
  },
  {
    why: 'it needs a full disk, as test/program/commands/shell/recording.test.ts makes one',
    failures: [recordingFailures['recording-incomplete']('repair.cast', 'no space left on device')],
  },
  {
    why: 'a copy through S3 needs a store beside sessions; test/commands/cp/s3 and test/program/commands/cp show them',
    failures: [
      callFailures['bucket-not-found']('transfer'),
      s3Failures['s3-object-left']('s3://transfer/copies/session-manager-plugin-0a1b2c'),
      s3Failures['s3-parts-left']('s3://transfer/copies/session-manager-plugin-0a1b2c'),
      s3Failures['s3-no-room']('/srv/www'),
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
