import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { NetworkError } from '../../src/network/network-error.ts';
import type { Logger } from '../../src/logging/logger.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { suiteScope } from '../support/cleanup-scope.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import {
  createAuthority,
  createSelfSigned,
  NEW_RSA_KEY,
  withoutIssuer,
  type CertificateAuthority,
} from './certificate-authority.ts';
import { fetchText } from './fetch-text.ts';
import { serve } from './local-server.ts';
import { networkFor } from './test-network.ts';
import { needs } from '../support/require-tools.ts';
import { OPENSSL } from '../support/tools.ts';
import { LOCALHOST } from '../support/localhost.ts';

const answer: RequestListener = (_request, response) => response.end('hello');

/** Whether the error is a refused certificate, with a message that matches all of these. */
function refusal(...words: readonly RegExp[]): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof NetworkError, String(error));
    assert.equal(error.reason, 'certificate');
    for (const word of words) assert.match(error.message, word);
    assert.ok(!error.message.includes('\n'));
    return true;
  };
}

describe('a server with a certificate of a private authority', needs(OPENSSL, LOCALHOST), () => {
  let directory = '';
  let authority: CertificateAuthority;
  let url = '';
  const suite = suiteScope();

  before(async () => {
    directory = temporaryDirectory(suite);
    authority = createAuthority(directory, 'Private Test Root');
    const port = await serve(suite, answer, authority.issue(['DNS:localhost', 'IP:127.0.0.1']));
    url = `https://localhost:${port}/`;
  });

  it('is refused with the host, the issuer and the variable that may help', async (t) => {
    await assert.rejects(
      fetchText(networkFor(t, {}), url),
      refusal(/localhost/, /"Private Test Root"/, /not trusted/, /AWS_CA_BUNDLE/),
    );
  });

  for (const variable of ['AWS_CA_BUNDLE', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']) {
    it(`is trusted when ${variable} names its authority's certificate`, async (t) => {
      const network = networkFor(t, { env: { [variable]: authority.file } });
      assert.equal(await fetchText(network, url), 'hello');
    });
  }

  it('is trusted when SSL_CERT_DIR names a directory with the certificate of its authority', async (t) => {
    const other = temporaryDirectory(t);
    writeFileSync(join(other, 'README'), 'no certificate');
    const env = { SSL_CERT_DIR: `${other}:${directory}` };
    assert.equal(await fetchText(networkFor(t, { env }), url), 'hello');
  });

  it("is trusted when the profile's ca_bundle names its authority's certificate", async (t) => {
    const network = networkFor(t, { profileCaBundle: () => Promise.resolve(authority.file) });
    assert.equal(await fetchText(network, url), 'hello');
  });

  it('is trusted when the operating system trusts its authority', async (t) => {
    const network = networkFor(t, {
      readSystemRoots: () => Promise.resolve([authority.certificate]),
    });
    assert.equal(await fetchText(network, url), 'hello');
  });

  it('is trusted at its address, too', async (t) => {
    const network = networkFor(t, { env: { AWS_CA_BUNDLE: authority.file } });
    assert.equal(await fetchText(network, url.replace('localhost', '127.0.0.1')), 'hello');
  });

  it("the operating system's store is read only when a certificate was refused without it", async (t) => {
    let reads = 0;
    const readSystemRoots = (): Promise<readonly string[]> => {
      reads++;
      return Promise.resolve([authority.certificate]);
    };
    const env = { AWS_CA_BUNDLE: authority.file };
    await fetchText(networkFor(t, { env, readSystemRoots }), url);
    assert.equal(reads, 0);
    const network = networkFor(t, { readSystemRoots });
    await fetchText(network, url);
    network.httpsAgent.destroy();
    await fetchText(network, url);
    assert.equal(reads, 1);
  });

  it('one file does not replace the roots of another one', async (t) => {
    const other = createAuthority(temporaryDirectory(t), 'Another Root');
    const env = { AWS_CA_BUNDLE: other.file, SSL_CERT_FILE: authority.file };
    assert.equal(await fetchText(networkFor(t, { env }), url), 'hello');
  });

  it('is not trusted with an authority of the same name and another key', async (t) => {
    const impostor = createAuthority(temporaryDirectory(t), 'Private Test Root');
    const network = networkFor(t, { env: { AWS_CA_BUNDLE: impostor.file } });
    await assert.rejects(fetchText(network, url), refusal(/localhost/, /not trusted/));
  });

  it('is refused with NODE_TLS_REJECT_UNAUTHORIZED=0 as without', async (t) => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    t.after(() => {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    });
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    const network = networkFor(t, { env: process.env, readSystemRoots: () => Promise.resolve([]) });
    await assert.rejects(fetchText(network, url), refusal(/not trusted/));
  });

  it('a file that is missing, empty or broken is named, and the other roots still count', async (t) => {
    const empty = join(directory, 'empty.txt');
    const broken = join(directory, 'broken.crt');
    writeFileSync(empty, '');
    writeFileSync(broken, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    for (const file of [join(directory, 'missing.pem'), empty, broken, directory]) {
      const warnings: string[] = [];
      const logger: Logger = { ...silentLogger, warn: (message) => warnings.push(message) };
      const env = { AWS_CA_BUNDLE: file };
      await assert.rejects(
        fetchText(networkFor(t, { env, logger }), url),
        refusal(/localhost/, new RegExp(`AWS_CA_BUNDLE names ${file}`)),
      );
      assert.equal(warnings.length, 1);
      const both = { ...env, SSL_CERT_FILE: authority.file };
      assert.equal(await fetchText(networkFor(t, { env: both }), url), 'hello');
    }
  });
});

it('an expired certificate is refused as expired', needs(OPENSSL, LOCALHOST), async (t) => {
  const authority = createAuthority(temporaryDirectory(t), 'Private Test Root');
  const port = await serve(t, answer, authority.issue(['DNS:localhost'], -1));
  await assert.rejects(
    fetchText(
      networkFor(t, { env: { AWS_CA_BUNDLE: authority.file } }),
      `https://localhost:${port}/`,
    ),
    refusal(
      /certificate of localhost, issued by "Private Test Root", has expired \(valid from/,
      /clock/,
    ),
  );
});

it('an expired certificate of an issuer is named', needs(OPENSSL, LOCALHOST), async (t) => {
  const authority = createAuthority(temporaryDirectory(t), 'Private Test Root');
  const issuer = authority
    .issueAuthority('Expired\u001b[2J Issuer', -1)
    .issueAuthority('Direct Issuer');
  const port = await serve(t, answer, issuer.issue(['DNS:localhost']));
  await assert.rejects(
    fetchText(
      networkFor(t, { env: { AWS_CA_BUNDLE: authority.file } }),
      `https://localhost:${port}/`,
    ),
    refusal(
      /certificate "Expired \[2J Issuer" in the certificate chain of localhost, issued by "Private Test Root", has expired \(valid from/,
      /clock/,
    ),
  );
});

it('an expired root in a file of trusted ones is named', needs(OPENSSL, LOCALHOST), async (t) => {
  const authority = createAuthority(temporaryDirectory(t), 'Private Test Root', -1);
  const port = await serve(t, answer, authority.issue(['DNS:localhost']));
  await assert.rejects(
    fetchText(
      networkFor(t, { env: { AWS_CA_BUNDLE: authority.file } }),
      `https://localhost:${port}/`,
    ),
    refusal(/"Private Test Root" in the certificate chain of localhost, .* has expired/),
  );
});

describe('a chain that no trusted root has issued', needs(OPENSSL, LOCALHOST), () => {
  const FROM_ADMINISTRATOR =
    'from the administrator of the network or proxy, and set AWS_CA_BUNDLE';

  it('needs its root, not the issuer of the certificate', async (t) => {
    const root = createAuthority(temporaryDirectory(t), 'Private Test Root');
    const { key, cert } = root.issueAuthority('Direct Issuer').issue(['DNS:localhost']);
    const port = await serve(t, answer, { key, cert: cert + root.certificate });
    await assert.rejects(fetchText(networkFor(t, {}), `https://localhost:${port}/`), {
      code: 'certificate-untrusted',
      message: `The certificate of localhost, issued by "Direct Issuer", is not trusted. Get the certificate of "Private Test Root" ${FROM_ADMINISTRATOR} to the path of its file.`,
    });
  });

  it('may end before its root, or before another issuer: the message names what each needs', async (t) => {
    const directory = temporaryDirectory(t);
    const root = createAuthority(directory, 'Private Test Root');
    const certificate = root.issueAuthority('Direct Issuer').issue(['DNS:localhost']);
    const only = (name: string): string =>
      `The certificate of localhost, issued by "Direct Issuer", is not trusted. Get the certificate of "${name}" ${FROM_ADMINISTRATOR} to the path of its file. If "${name}" is not a root, the host should send it: ask its operator, or add the root to the file.`;
    const whole = `https://localhost:${await serve(t, answer, certificate)}/`;
    const alone = `https://localhost:${await serve(t, answer, withoutIssuer(certificate))}/`;
    const issuer = join(directory, 'Direct-Issuer.pem');
    const both = join(directory, 'both.pem');
    writeFileSync(both, readFileSync(issuer, 'utf8') + root.certificate);
    for (const [url, bundle, missing] of [
      [whole, undefined, 'Private Test Root'],
      [whole, root.file, undefined],
      [alone, undefined, 'Direct Issuer'],
      [alone, issuer, 'Private Test Root'],
      [alone, root.file, 'Direct Issuer'],
      [alone, both, undefined],
    ] as const) {
      const answered = fetchText(networkFor(t, { env: { AWS_CA_BUNDLE: bundle } }), url);
      if (missing === undefined) assert.equal(await answered, 'hello');
      else
        await assert.rejects(answered, {
          code: 'certificate-issuer-unknown',
          message: only(missing),
        });
    }
  });

  it('is described without names that it does not have', async (t) => {
    const root = createAuthority(temporaryDirectory(t), 'Private Test Root');
    const unnamed = root.issueAuthority('', -1);
    const port = await serve(t, answer, unnamed.issue(['DNS:localhost']));
    const env = { AWS_CA_BUNDLE: root.file };
    await assert.rejects(
      fetchText(networkFor(t, { env }), `https://localhost:${port}/`),
      refusal(
        /^A certificate without a name in the certificate chain of localhost, issued by "Private Test Root", has expired \(/,
      ),
    );
    const alone = await serve(t, answer, withoutIssuer(unnamed.issue(['DNS:localhost'])));
    await assert.rejects(
      fetchText(networkFor(t, {}), `https://localhost:${alone}/`),
      refusal(/^The certificate of localhost, issued by an unnamed issuer, is not trusted\./),
    );
  });
});

it('the certificate of another host is refused as such', needs(OPENSSL, LOCALHOST), async (t) => {
  const authority = createAuthority(temporaryDirectory(t), 'Private Test Root');
  const port = await serve(t, answer, authority.issue(['DNS:other.example', 'IP:192.0.2.1']));
  await assert.rejects(
    fetchText(
      networkFor(t, { env: { AWS_CA_BUNDLE: authority.file } }),
      `https://localhost:${port}/`,
    ),
    refusal(/localhost/, /"Private Test Root"/, /other hosts: other\.example, 192\.0\.2\.1/),
  );
});

it(
  'a self-signed certificate is refused as such, and trusted when a variable names it',
  needs(OPENSSL, LOCALHOST),
  async (t) => {
    const directory = temporaryDirectory(t);
    const certificate = createSelfSigned(directory, 'DNS:localhost');
    const port = await serve(t, answer, certificate);
    const url = `https://localhost:${port}/`;
    await assert.rejects(
      fetchText(networkFor(t, {}), url),
      refusal(/localhost/, /"self-signed server"/, /self-signed/, /AWS_CA_BUNDLE/),
    );
    const env = { AWS_CA_BUNDLE: join(directory, 'self-signed.pem') };
    assert.equal(await fetchText(networkFor(t, { env }), url), 'hello');
  },
);

describe('a server with weak TLS', needs(OPENSSL, LOCALHOST), () => {
  const WEAK = {
    'version 1.1': {
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    },
    'no authenticated encryption': {
      maxVersion: 'TLSv1.2',
      ciphers: 'ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA',
    },
    'no forward secrecy': { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' },
  } as const;
  for (const [weakness, tls] of Object.entries(WEAK)) {
    it(`is refused in one sentence: ${weakness}`, async (t) => {
      const authority = createAuthority(temporaryDirectory(t), 'Private Test Root');
      const isRsa = weakness === 'no forward secrecy';
      const certificate = authority.issue(
        ['DNS:localhost'],
        undefined,
        isRsa ? NEW_RSA_KEY : undefined,
      );
      const port = await serve(t, answer, certificate, tls);
      await assert.rejects(
        fetchText(
          networkFor(t, { env: { AWS_CA_BUNDLE: authority.file } }),
          `https://localhost:${port}/`,
        ),
        (error) => {
          assert.ok(error instanceof NetworkError);
          assert.equal(
            error.message,
            'localhost offers no secure version of TLS. This program needs TLS 1.3, or 1.2 with forward secrecy and AES-GCM or ChaCha20. Check that no proxy changes the connection.',
          );
          return true;
        },
      );
    });
  }

  for (const tls of [
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305' },
    { minVersion: 'TLSv1.3' },
  ] as const) {
    it(`is not one with ${Object.values(tls).join(' and ')}`, async (t) => {
      const authority = createAuthority(temporaryDirectory(t), 'Private Test Root');
      const port = await serve(t, answer, authority.issue(['DNS:localhost']), tls);
      const network = networkFor(t, { env: { AWS_CA_BUNDLE: authority.file } });
      assert.equal(await fetchText(network, `https://localhost:${port}/`), 'hello');
    });
  }
});

it('a server without TLS is reported as such', needs(LOCALHOST), async (t) => {
  const port = await serve(t, answer);
  await assert.rejects(
    fetchText(networkFor(t, {}), `https://localhost:${port}/`),
    (error) =>
      error instanceof NetworkError && error.message.includes('localhost does not speak TLS'),
  );
});
