import { defineFailures } from '../lib/errors/failure.ts';

/** Failures of remote desktops before their client runs. */
export const desktopFailures = defineFailures({
  'desktop-client-missing': {
    reason: 'input',
    text: (what: string, programs: readonly string[], command: string) => [
      `No client for ${what} is on PATH: ${programs.join(', ')}`,
      `Install one of them. Or forward the port, and connect any client to it: \`session-manager-plugin ${command}\``,
    ],
  },
  'desktop-client-unknown': {
    reason: 'input',
    text: (name: string, programs: readonly string[]) => [
      `"${name}" is not a client that this command can start`,
      `Pass one of these to --client: ${programs.join(', ')}`,
    ],
  },
  'desktop-file-unwritable': {
    reason: 'input',
    text: (directory: string, why: string) => [
      `The file for the client cannot be written in ${directory}: ${why}`,
      'Set TMPDIR to a directory that you can write to',
    ],
  },
  'password-key-unreadable': {
    reason: 'input',
    text: (path: string, why: string) => [
      `The key ${path} cannot be read: ${why}`,
      'Pass to --key the private key file of the key pair of the instance',
    ],
  },
  'password-key-invalid': {
    reason: 'input',
    text: (path: string) => [
      `The key ${path} is not an RSA private key in PEM`,
      'Pass the file that EC2 has made. One of OpenSSH is changed in place by `ssh-keygen -p -m PEM -f FILE`: change a copy',
    ],
  },
  'password-key-protected': {
    reason: 'input',
    text: (path: string, file: string) => [
      `The key ${path} is protected by a passphrase`,
      `Pipe it: \`openssl rsa -in ${file} | session-manager-plugin rdp TARGET --key -\``,
    ],
  },
  'password-key-differs': {
    reason: 'input',
    text: (path: string, target: string) => [
      `The password of ${target} was not encrypted for the key ${path}`,
      'Pass the key pair that the instance was started with: `aws ec2 describe-instances` shows its name as KeyName',
    ],
  },
  'password-missing': {
    reason: 'input',
    text: (target: string) => [
      `EC2 has no password for ${target}`,
      'Windows sends it to EC2 some minutes after the first start, if the image sets a random password. If you know the ' +
        'password, leave --key out',
    ],
  },
  'password-elsewhere': {
    reason: 'input',
    text: (target: string) => [
      `${target} is not an EC2 instance, so EC2 has no password for it`,
      'Leave --key out, and type the password in the client',
    ],
  },
  'password-unsupported': {
    reason: 'input',
    text: () => [
      'This version of Node.js does not decrypt passwords of EC2',
      'Use Node.js 22 or later, or a package of this program that contains its runtime',
    ],
  },
});
