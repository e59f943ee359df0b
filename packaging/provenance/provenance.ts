import { PackageURL } from 'packageurl-js';
import type { BundledPackage } from '../../build/bundle/bundled-packages.ts';
import type { ShippedLibrary } from '../../build/binary/shipped-libraries.ts';
import type { RecordedPackage } from '../../build/debian/packages-record.ts';
import type { RuntimeOrigin } from '../../build/runtime/runtime.mjs';
import type { TargetName } from '../../build/targets.ts';
import { VENDORS_DIST } from '../../build/runtime/vendor/dist-location.mjs';
import type { Release } from '../release.ts';
import type { AcceptedRuntimes } from '../runtime-age/accepted-runtimes.ts';
import type { ListedFile } from '../signing/checksums.ts';
import { isListUnsigned } from '../signing/list-key.ts';
import type { ProvenanceStatement, ResourceDescriptor } from './statement.ts';

/** The release that a provenance is about, and what a person has chosen for it. */
export interface StatedRelease {
  readonly release: Release;
  readonly targets: readonly TargetName[];
  readonly accepted: AcceptedRuntimes;
  /** Names the identities that sign. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The files that the provenance is about. */
  readonly listed: readonly ListedFile[];
}

/** What a release was made of. */
export interface Dependencies {
  /** SHA-256 of package-lock.json, hexadecimal: it pins every package of npm that takes part in the build. */
  readonly lockDigest: string;
  readonly bundled: readonly Pick<BundledPackage, 'name' | 'version' | 'integrity'>[];
  readonly runtimes: readonly RuntimeOrigin[];
  /** Packages of Debian in programs, and those whose code is in setups. */
  readonly debian: readonly RecordedPackage[];
  /** Libraries of the machine that makes the programs, from its installed packages. */
  readonly libraries: readonly Pick<
    ShippedLibrary,
    'name' | 'version' | 'architecture' | 'distribution' | 'file' | 'sha256'
  >[];
}

/** The part of the address that names the steps of the build; another number when their parameters change. */
const BUILD_TYPE = '#release-build-v1';
const BUILDER = '#release-builder';
/** What git calls a commit, and the build adds when files differ from it. */
const COMMIT = /^(?<commit>[0-9a-f]{40}|[0-9a-f]{64})(?<modified>-modified)?$/;
const SIGNING_PREFIX = 'SSM_SIGN_';

/**
 * States how the listed files were made: an in-toto statement with a provenance of SLSA v1. It contains no time, so the same
 * build gives the same text.
 */
export function provenanceOf(
  { release, targets, accepted, env, listed }: StatedRelease,
  dependencies: Dependencies,
): ProvenanceStatement {
  const { version, commit, compression, sourceDateEpoch, publisher } = release;
  const addressOf = (fragment: string): string => new URL(fragment, publisher.homepage).href;
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: listed.map(({ path, sha256 }) => ({ name: path, digest: { sha256 } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: addressOf(BUILD_TYPE),
        externalParameters: {
          version,
          commit,
          targets,
          compression,
          sourceDateEpoch,
          ...publisher,
          acceptedRuntimes: Object.entries(accepted).map(([name, value]) => `${name}=${value}`),
          unsigned: isListUnsigned(env),
          signedBy: Object.keys(env)
            .filter((name) => name.startsWith(SIGNING_PREFIX) && env[name] !== '')
            .sort(),
        },
        resolvedDependencies: [...sourceOf(commit), ...dependenciesOf(dependencies)],
      },
      runDetails: { builder: { id: addressOf(BUILDER) } },
    },
  };
}

function sourceOf(commit: string | undefined): readonly ResourceDescriptor[] {
  const { commit: gitCommit, modified } = COMMIT.exec(commit ?? '')?.groups ?? {};
  if (gitCommit === undefined) return [];
  const source = { name: 'source', digest: { gitCommit } };
  return [modified === undefined ? source : { ...source, annotations: { modified: true } }];
}

function dependenciesOf(dependencies: Dependencies): readonly ResourceDescriptor[] {
  const { lockDigest, bundled, runtimes, debian, libraries } = dependencies;
  const all: readonly ResourceDescriptor[] = [
    { name: 'package-lock.json', digest: { sha256: lockDigest } },
    ...bundled.map(npmPackage),
    ...runtimes.map(runtimePackage),
    ...debian.map(({ name, version, uri, sha256 }) => ({
      name: `${name} ${version}`,
      uri,
      digest: { sha256 },
    })),
    // The digest is that of the file: dpkg does not keep that of the package.
    ...libraries.map(({ name, version, architecture, distribution, file, sha256 }) => ({
      name: file,
      digest: { sha256 },
      annotations: {
        package: new PackageURL('deb', distribution, name, version, {
          arch: architecture,
        }).toString(),
      },
    })),
  ];
  // Targets share some.
  return [...new Map(all.map((each) => [JSON.stringify(each.digest ?? each.uri), each])).values()];
}

function npmPackage({
  name,
  version,
  integrity,
}: Dependencies['bundled'][number]): ResourceDescriptor {
  const { scope, bare = name } = /^(?<scope>@[^/]+)\/(?<bare>.+)$/.exec(name)?.groups ?? {};
  const sha512 = Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
  return { uri: new PackageURL('npm', scope, bare, version).toString(), digest: { sha512 } };
}

function runtimePackage(origin: RuntimeOrigin): ResourceDescriptor {
  switch (origin.kind) {
    case 'npm':
      return npmPackage({ ...origin, name: origin.package });
    case 'vendor':
      return { uri: `${VENDORS_DIST}/${origin.file}`, digest: { sha256: origin.sha256 } };
  }
}
