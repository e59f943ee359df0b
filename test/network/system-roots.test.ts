import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { splitPem } from '../../src/network/tls/certificate-files.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { createAuthority } from './certificate-authority.ts';
import { needs } from '../support/require-tools.ts';
import { OPENSSL } from '../support/tools.ts';
import { execFileSync } from '../support/child-process.ts';

// There SSL_CERT_FILE names the store. On other systems a test cannot change it.
if (process.platform === 'linux') {
  it(
    "the operating system's store holds what an administrator added to it",
    needs(OPENSSL),
    (t) => {
      const authority = createAuthority(temporaryDirectory(t), 'Added by the administrator');
      const roots = execFileSync(
        process.execPath,
        [
          '--disable-warning=ExperimentalWarning',
          join(import.meta.dirname, 'print-system-roots.ts'),
        ],
        { env: { ...process.env, SSL_CERT_FILE: authority.file }, encoding: 'utf8' },
      );
      assert.ok(splitPem(roots).includes(splitPem(authority.certificate)[0] ?? 'none'));
    },
  );
}
