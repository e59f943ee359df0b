import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createAuthority } from '../../network/certificate-authority.ts';
import { startTinyproxy } from '../../network/tinyproxy.ts';
import { suiteScope, type CleanupScope } from '../../support/cleanup-scope.ts';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { GPG, GPGCONF, OPENSSL, TINYPROXY } from '../../support/tools.ts';
import { createProject, runtimesOf, type Outcome, type Project } from '../support/small-project.ts';
import { makeReleaseKey, type ReleaseKey } from './support/release-key.ts';
import { createVendorSite, type VendorSite } from './support/vendor-site.ts';
import { writeReleasers } from './support/write-releasers.ts';

const HERE = `${platform()}-${arch()}`;
const VERSION = '99.0.0';
const ARCHIVE = `node-v${VERSION}-${HERE}.tar.gz`;
const RELEASE = `v${VERSION}`;

interface Setting {
  readonly project: Project;
  readonly site: VendorSite;
  readonly run: (env?: Readonly<Record<string, string>>) => Promise<Outcome>;
}

async function listen(scope: CleanupScope, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  scope.after(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

/** Serves the files of a site, and notes what is asked for. */
function fileServer(site: VendorSite, asked: string[]): RequestListener {
  return (request, response) => {
    const name = (request.url ?? '').slice(1);
    asked.push(name);
    if (existsSync(site.path(name))) response.end(readFileSync(site.path(name)));
    else response.writeHead(404).end();
  };
}

describe("the vendor's archives", needs(GPG, GPGCONF), () => {
  const scope = suiteScope();
  const keys: { releaser: ReleaseKey; stranger: ReleaseKey; expired: ReleaseKey }[] = [];
  const testKeys = (): (typeof keys)[number] => {
    const [
      made = {
        releaser: makeReleaseKey(scope, 'Releaser'),
        stranger: makeReleaseKey(scope, 'Stranger'),
        expired: makeReleaseKey(scope, 'Expired', 'expired'),
      },
    ] = keys;
    keys[0] = made;
    return made;
  };

  /** A project that lists two keys, one of them expired, and a site with one release. */
  const createSetting = async (
    key = testKeys().releaser,
    pin: Readonly<Record<string, unknown>> = {},
  ): Promise<Setting> => {
    const root = await mkdtemp(join(temporaryDirectory(scope), 'project-'));
    const project = await createProject(root);
    const { releaser, expired } = testKeys();
    await writeReleasers(
      project,
      { 'A Releaser': releaser, 'B Releaser': expired },
      Object.values(testKeys()),
    );
    await project.write(
      'build/runtimes.json',
      JSON.stringify({
        [HERE]: {
          package: 'node-here',
          megabytes: 3,
          version: VERSION,
          published: '2026-01-01',
          ...pin,
        },
      }),
    );
    const site = createVendorSite(scope);
    site.addRelease(VERSION, key, [HERE]);
    return {
      project,
      site,
      run: (env = {}) =>
        project.run(['-p', '42'], {
          SSM_PLUGIN_NODE_RUNTIME: '',
          SSM_NODE_DIST: site.directory,
          SSM_NODE_KEYS: join(root, 'keys'),
          ...env,
        }),
    };
  };

  /** Nothing of a refused runtime is kept, and nothing of it runs. */
  const assertRefused = async (
    { project }: Setting,
    outcome: Outcome,
    message: RegExp,
  ): Promise<void> => {
    assert.match(outcome.stderr, message);
    assert.equal(outcome.stdout, '');
    assert.equal(outcome.status, 1);
    const kept = runtimesOf(project);
    assert.deepEqual(existsSync(kept) ? await readdir(kept) : [], []);
  };

  it('are taken from a directory, verified, and kept with a record of their origin', async () => {
    const { project, site, run } = await createSetting();
    const message = `Downloading Node.js ${VERSION} for ${HERE} (3 MB) to ${runtimesOf(project)}\n`;
    assert.deepEqual(await run(), { status: 0, signal: null, stdout: '42\n', stderr: message });
    const home = join(runtimesOf(project), `node-${VERSION}-${HERE}-vendor`);
    assert.deepEqual(JSON.parse(readFileSync(join(home, 'vendor.json'), 'utf8')), {
      file: `${RELEASE}/${ARCHIVE}`,
      sha256: site.digestOf(`${RELEASE}/${ARCHIVE}`),
      signedBy: 'A Releaser',
    });
    assert.deepEqual((await readdir(home)).sort(), ['LICENSE', 'bin', 'vendor.json']);

    rmSync(site.directory, { recursive: true });
    site.write('elsewhere', '');
    assert.deepEqual(await run(), { status: 0, signal: null, stdout: '42\n', stderr: '' });
    assert.deepEqual(await project.npmCalls(), []);
  });

  it('are downloaded by HTTP', async (t) => {
    const { site, run } = await createSetting();
    const asked: string[] = [];
    const port = await listen(t, createServer(fileServer(site, asked)));
    assert.equal((await run({ SSM_NODE_DIST: `http://127.0.0.1:${port}/` })).stdout, '42\n');
    assert.deepEqual(asked, [
      `${RELEASE}/SHASUMS256.txt`,
      `${RELEASE}/SHASUMS256.txt.sig`,
      `${RELEASE}/${ARCHIVE}`,
    ]);
  });

  it(
    'are downloaded by HTTPS, from a server with a trusted certificate only',
    needs(OPENSSL),
    async (t) => {
      const setting = await createSetting();
      const authority = createAuthority(temporaryDirectory(t), 'vendor');
      const certificate = authority.issue(['IP:127.0.0.1']);
      const server = createHttpsServer({ ...certificate }, fileServer(setting.site, []));
      const port = await listen(t, server);
      const env = { SSM_NODE_DIST: `https://127.0.0.1:${port}` };
      await assertRefused(
        setting,
        await setting.run(env),
        /SHASUMS256\.txt cannot be downloaded: .*certificate/,
      );
      const trusting = { ...env, NODE_EXTRA_CA_CERTS: authority.file };
      assert.equal((await setting.run(trusting)).stdout, '42\n');
    },
  );

  it('are downloaded through a proxy', needs(TINYPROXY), async (t) => {
    const { site, run } = await createSetting();
    const port = await listen(t, createServer(fileServer(site, [])));
    const proxy = await startTinyproxy(t);
    const outcome = await run({
      SSM_NODE_DIST: `http://0.0.0.0:${port}`,
      HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
      NO_PROXY: '',
    });
    assert.equal(outcome.stdout, '42\n', outcome.stderr);
    assert.equal(proxy.requests.length, 3);
  });

  describe('are refused', () => {
    it('if the archive was changed', async () => {
      const setting = await createSetting();
      appendFileSync(setting.site.path(`${RELEASE}/${ARCHIVE}`), 'x');
      await assertRefused(
        setting,
        await setting.run(),
        /\.tar\.gz is not the file that A Releaser has signed: [0-9a-f]{64} expected, [0-9a-f]{64} received/,
      );
    });

    it('if the list of digests was changed', async () => {
      const setting = await createSetting();
      appendFileSync(setting.site.path(`${RELEASE}/SHASUMS256.txt`), `${'0'.repeat(64)}  more\n`);
      await assertRefused(setting, await setting.run(), /does not match its signature/);
    });

    it('if the list of digests is that of an older release', async () => {
      const setting = await createSetting();
      const { site } = setting;
      site.addRelease('98.0.0', testKeys().releaser, [HERE]);
      for (const name of ['SHASUMS256.txt', 'SHASUMS256.txt.sig']) {
        site.write(`${RELEASE}/${name}`, readFileSync(site.path(`v98.0.0/${name}`)));
      }
      await assertRefused(setting, await setting.run(), /list of another release/);
    });

    it('if the list does not name the archive', async () => {
      const setting = await createSetting();
      setting.site.addRelease(VERSION, testKeys().releaser, []);
      await assertRefused(setting, await setting.run(), /does not list node-v99\.0\.0-/);
    });

    it('if the key that signed is not among the given keys', async () => {
      const setting = await createSetting(testKeys().stranger);
      const keyFile = join(setting.project.root, 'keys', `${testKeys().releaser.fingerprint}.asc`);
      const outcome = await setting.run({ SSM_NODE_KEYS: keyFile });
      await assertRefused(setting, outcome, /not among those of SSM_NODE_KEYS/);
    });

    it('if the key that signed is given, but no releaser has it', async () => {
      const setting = await createSetting(testKeys().stranger);
      const message = new RegExp(
        `signed by the key ${testKeys().stranger.fingerprint}, which is not in`,
      );
      await assertRefused(setting, await setting.run(), message);
    });

    it('if the key that signed has expired', async () => {
      const setting = await createSetting(testKeys().expired);
      await assertRefused(setting, await setting.run(), /signed by a key that has expired/);
    });

    it('if the signature is something else', async () => {
      const setting = await createSetting();
      setting.site.write(`${RELEASE}/SHASUMS256.txt.sig`, 'a page that a proxy shows');
      await assertRefused(setting, await setting.run(), /has no signature/);
    });

    for (const name of [ARCHIVE, 'SHASUMS256.txt', 'SHASUMS256.txt.sig']) {
      it(`if the place lacks ${name.replace(HERE, 'SYSTEM')}`, async (t) => {
        const setting = await createSetting();
        rmSync(setting.site.path(`${RELEASE}/${name}`));
        await assertRefused(setting, await setting.run(), /does not exist$/m);
        const port = await listen(t, createServer(fileServer(setting.site, [])));
        const outcome = await setting.run({ SSM_NODE_DIST: `http://127.0.0.1:${port}` });
        await assertRefused(setting, outcome, /does not exist \(status 404\)$/m);
      });
    }

    it('if the download is cut off', async (t) => {
      const setting = await createSetting();
      const serve = fileServer(setting.site, []);
      const server = createServer((request, response) => {
        if (request.url?.endsWith(ARCHIVE) !== true) {
          serve(request, response);
          return;
        }
        const content = readFileSync(setting.site.path(`${RELEASE}/${ARCHIVE}`));
        response.writeHead(200, { 'content-length': content.length });
        response.write(content.subarray(0, 100), () => response.destroy());
      });
      const port = await listen(t, server);
      const outcome = await setting.run({ SSM_NODE_DIST: `http://127.0.0.1:${port}` });
      await assertRefused(setting, outcome, /\.tar\.gz cannot be downloaded: .*, after 100 bytes/);
    });

    it('if build/runtimes.json pins another digest', async () => {
      const setting = await createSetting(testKeys().releaser, { sha256: '0'.repeat(64) });
      await assertRefused(
        setting,
        await setting.run(),
        /not the file that build\/runtimes\.json pins: 0{64} expected/,
      );
    });
  });

  describe('are not looked for', () => {
    it('without keys', async () => {
      const setting = await createSetting();
      await assertRefused(
        setting,
        await setting.run({ SSM_NODE_KEYS: '' }),
        /SSM_NODE_KEYS is not set.*release-keys/,
      );
      await assertRefused(
        setting,
        await setting.run({ SSM_NODE_KEYS: '/nowhere' }),
        /SSM_NODE_KEYS: there is no \/nowhere/,
      );
      const empty = temporaryDirectory(scope);
      await assertRefused(setting, await setting.run({ SSM_NODE_KEYS: empty }), /no \.asc file/);
      writeFileSync(join(empty, 'a.asc'), 'not a key');
      await assertRefused(setting, await setting.run({ SSM_NODE_KEYS: empty }), /no public key/);
    });

    it('in a place that is none', async () => {
      const setting = await createSetting();
      for (const [place, message] of [
        ['/nowhere', /SSM_NODE_DIST: there is no directory \/nowhere/],
        ['ftp://127.0.0.1/dist', /neither a directory nor a URL/],
        ['https://', /neither a directory nor a URL/],
        ['https://user:secret@127.0.0.1/', /contains a user name or a password/],
      ] as const) {
        const outcome = await setting.run({ SSM_NODE_DIST: place });
        await assertRefused(setting, outcome, message);
        assert.doesNotMatch(outcome.stderr, /secret/);
      }
    });

    it('if no place is named; a runtime that only the vendor has is then missing', async () => {
      const setting = await createSetting(testKeys().releaser, { sha256: '0'.repeat(64) });
      await assertRefused(
        setting,
        await setting.run({ SSM_NODE_DIST: '' }),
        /set SSM_NODE_DIST to https:\/\/nodejs\.org\/dist/,
      );
    });
  });
});
