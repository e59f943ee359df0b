import { testFailures } from '../support/failures/failing.ts';

const RDP = ['rdp', 'web-1', '--key'];
/** In a shell, where the working directory of the program is not that of the files. */
const KEY = '~/key.pem';
const PROTECTED = '-----BEGIN ENCRYPTED PRIVATE KEY-----\n-----END ENCRYPTED PRIVATE KEY-----\n';

testFailures('desktops', {
  client: { args: ['rdp', 'web-1', '--client', 'rdesktop'], failure: 'desktop-client-unknown' },
  'no-key-file': { args: [...RDP, 'lost.pem'], failure: 'password-key-unreadable' },
  'no-key': { args: RDP, shell: KEY, files: { 'key.pem': 'a' }, failure: 'password-key-invalid' },
  protected: {
    args: RDP,
    shell: KEY,
    files: { 'key.pem': PROTECTED },
    failure: 'password-key-protected',
  },
});
