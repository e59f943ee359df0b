import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, it, type TestContext } from 'node:test';
import { serve } from '../../network/local-server.ts';
import { startTinyproxy } from '../../network/tinyproxy.ts';
import { needs, requireTools } from '../../support/require-tools.ts';
import { BUSYBOX, CURL, DASH, OPENSSL, SHASUM, TINYPROXY, WGET } from '../../support/tools.ts';
import {
  LINUX_TARGETS,
  publishVersion,
  scriptOf,
  startReleaseSite,
  type ReleaseSite,
} from './support/release-site.ts';
import {
  linkedVersion,
  linkProgram,
  newUser,
  removeProgram,
  replaceProgram,
  runScript,
} from './support/run-install.ts';

async function siteWithVersion(t: TestContext): Promise<ReleaseSite> {
  const site = await startReleaseSite(t);
  await publishVersion(t, site, '1.3.0.0', LINUX_TARGETS);
  return site;
}

describe('what install.sh downloads', needs(OPENSSL, DASH, CURL), () => {
  it('is not installed when the connection was cut', async (t) => {
    const site = await siteWithVersion(t);
    for (const path of site.files.keys()) site.cut.add(path);
    const user = newUser(t, site);
    const { status, stderr } = await runScript(t, user, scriptOf(site, '1.3.0.0'));
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^curl: \(18\) .*\ninstall\.sh: https:\S+\.tar\.gz cannot be downloaded\. Check the network and HTTPS_PROXY\. Nothing was changed\.\n$/s,
    );
    assert.deepEqual(readdirSync(join(user.home, '.local')), ['lib']);
    assert.deepEqual(readdirSync(join(user.home, '.local', 'lib')), []);
  });

  it('is not installed when the site does not have it', async (t) => {
    const site = await siteWithVersion(t);
    const script = scriptOf(site, '1.3.0.0');
    site.files.clear();
    const { status, stderr } = await runScript(t, newUser(t, site), script);
    assert.equal(status, 1);
    assert.match(stderr, /^curl: \(22\) .*404\ninstall\.sh: https:\S+ cannot be downloaded\./);
  });

  it('comes from a site whose certificate is trusted', async (t) => {
    const site = await siteWithVersion(t);
    const user = newUser(t, site);
    user.env['SSL_CERT_FILE'] = '/dev/null';
    const { status, stderr } = await runScript(t, user, scriptOf(site, '1.3.0.0'));
    assert.equal(status, 1);
    assert.match(stderr, /^curl: \((?:60|77)\)/);
    assert.deepEqual(site.requests, []);
  });

  for (const variable of ['HTTPS_PROXY', 'https_proxy']) {
    for (const program of ['curl', 'wget']) {
      it(`comes through the proxy of ${variable} with ${program}`, async (t) => {
        if (!requireTools(t, TINYPROXY, WGET)) return;
        const site = await siteWithVersion(t);
        const { port, requests } = await startTinyproxy(t);
        const user = newUser(t, site);
        if (program === 'wget') {
          removeProgram(user, 'curl');
          linkProgram(user.programs, 'wget');
        }
        user.env[variable] = `http://127.0.0.1:${port}`;
        const { status } = await runScript(t, user, scriptOf(site, '1.3.0.0'));
        assert.equal(status, 0);
        assert.deepEqual(requests, [`CONNECT ${new URL(site.downloads).host}`]);
        assert.equal(linkedVersion(user), '1.3.0.0');
      });
    }
  }

  it('comes with the wget of BusyBox, with the options that it has', async (t) => {
    if (!requireTools(t, BUSYBOX)) return;
    const site = await siteWithVersion(t);
    // Its TLS does not connect to Node.js: it gets the same path over HTTP.
    const port = await serve(t, ({ url = '' }, response) =>
      response.end(site.files.get(url.replace('/plugin/', ''))),
    );
    const user = newUser(t, site, 'busybox');
    removeProgram(user, 'curl');
    removeProgram(user, 'wget');
    linkProgram(user.programs, 'busybox');
    replaceProgram(
      user,
      'wget',
      `url=; for argument; do url=$argument; done
      count=$#; while [ $count -gt 1 ]; do set -- "$@" "$1"; shift; count=$((count - 1)); done; shift
      exec busybox wget "$@" "http://localhost:${port}/plugin/\${url#*/plugin/}"`,
    );
    const { status, stderr } = await runScript(t, user, scriptOf(site, '1.3.0.0'), [], ['sh']);
    assert.deepEqual([status, stderr], [0, '']);
    assert.equal(linkedVersion(user), '1.3.0.0');
  });
});

describe('the programs that install.sh needs', needs(OPENSSL, DASH, CURL), () => {
  /** The programs of the system that compute digests. */
  const DIGESTS = ['sha256sum', 'shasum', 'openssl'];
  let site: ReleaseSite;
  beforeEach(async (t) => {
    site = await siteWithVersion(t as TestContext);
  });

  for (const program of DIGESTS) {
    it(`are ${program}, where the others are missing`, async (t) => {
      if (!requireTools(t, SHASUM)) return;
      const user = newUser(t, site);
      for (const name of DIGESTS) removeProgram(user, name);
      for (const name of ['perl', program]) linkProgram(user.programs, name);
      const { status, stderr } = await runScript(t, user, scriptOf(site, '1.3.0.0'));
      assert.deepEqual([status, stderr], [0, '']);
    });
  }

  for (const [missing, message] of [
    [
      DIGESTS,
      'The download cannot be verified: sha256sum, shasum and openssl are missing. Install one of them.',
    ],
    [['curl', 'wget'], 'Nothing can download: curl and wget are missing. Install one of them.'],
    [['tar'], 'The program tar is missing. Install it.'],
  ] as const) {
    it(`are named, before anything is downloaded or created: ${missing.join(', ')}`, async (t) => {
      const user = newUser(t, site);
      for (const name of missing) removeProgram(user, name);
      const { status, stderr } = await runScript(t, user, scriptOf(site, '1.3.0.0'));
      assert.deepEqual([status, stderr], [1, `install.sh: ${message}\n`]);
      assert.deepEqual(readdirSync(user.home), []);
      assert.deepEqual(site.requests, []);
    });
  }
});
