import { constants, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import { testGuide } from '../support/guide.ts';

/** A client that ends at once; FreeRDP reads the password. */
const CLIENT = '[ "$5 $6" = "/cert:ignore /from-stdin:force" ] || exit 0; read -r password';

testGuide('docs/desktops.md', {
  prepare() {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const padding = constants.RSA_PKCS1_PADDING;
    const password = publicEncrypt({ key: publicKey, padding }, Buffer.from('secret'));
    return {
      account: { passwordData: password.toString('base64') },
      files: { 'windows.pem': privateKey.export({ type: 'pkcs1', format: 'pem' }) },
      programs: { xfreerdp3: CLIENT, xfreerdp: CLIENT, vncviewer: 'exit 0' },
    };
  },
});
