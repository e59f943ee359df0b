import { defineFailures } from '../lib/errors/failure.ts';

/** Failures of remote desktops before their client runs. */
export const desktopFailures = defineFailures({
  'desktop-client-missing': {
    reason: 'input',
    text: (what: string, programs: readonly string[], command: string) => [
      `No ${what} client is on PATH (looked for ${programs.join(', ')})`,
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
  'password-key-unreadable': {
    reason: 'input',
    text: (path: string, why: string) => [
      `The key ${path} cannot be read: ${why}`,
      'Pass the file with the private key of the instance to --key',
    ],
  },
  'password-key-invalid': {
    reason: 'input',
    text: (path: string) => [
      `The key ${path} is not an RSA private key in PEM`,
      'Pass the file that EC2 created. If it is in OpenSSH format, convert a copy: `ssh-keygen -p -m PEM -f COPY`',
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
      'Pass the key that the instance was launched with: `aws ec2 describe-instances` shows its name as KeyName',
    ],
  },
  'password-missing': {
    reason: 'input',
    text: (target: string) => [
      `EC2 has no password for ${target}`,
      'Windows sends it to EC2 some minutes after the first start, if the image sets a random password. If you know the ' +
        'password, leave out --key',
    ],
  },
  'password-elsewhere': {
    reason: 'input',
    text: (target: string) => [
      `${target} is not an EC2 instance, so EC2 has no password for it`,
      'Leave out --key, and type the password in the client',
    ],
  },
  'password-unsupported': {
    reason: 'input',
    text: () => [
      'This version of Node.js cannot decrypt EC2 passwords',
      'Use Node.js 22 or later, or a package of this program that contains its runtime',
    ],
  },
});
