import { createHash } from 'node:crypto';
import { Enums, Models, Serialize, SPDX, Spec } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';
import type { ShippedLibrary } from '../../build/binary/shipped-libraries.ts';
import type { BundledPackage } from '../../build/bundle/bundled-packages.ts';
import type { DebianManifest } from '../../build/own-libraries/manifest.ts';
import type { LibraryTargetName } from '../../build/targets.ts';
import { VENDORS_DIST } from '../../build/runtime/vendor/dist-location.mjs';
import type { VendorOrigin } from '../../build/runtime/vendor/vendor-archive.mjs';
import { PRODUCT } from '../product.ts';
import { vendorOf } from '../publisher.ts';
import type { Release } from '../release.ts';
import { cpeName } from './cpe.ts';
import { NODE, NSIS, runtimeParts, type RuntimePart } from './runtime-parts.ts';

/** The source package of Debian's Node.js. */
const NODE_SOURCE = 'nodejs';

/** What the programs of a release are made of. */
export interface Materials {
  /** The packages in the bundle. */
  readonly bundled: readonly BundledPackage[];
  /** The packages of npm that the runtimes came in, one for each system. */
  readonly runtimes: readonly RuntimePackage[];
  /** The libraries beside the programs for Linux. */
  readonly libraries: readonly ShippedLibrary[];
  /** The versions of NSIS, of which setups for Windows contain code. */
  readonly nsis: readonly string[];
  /** What of Debian is in the programs with their own loader and libraries. */
  readonly ownLibraries: readonly (DebianManifest & { readonly target: LibraryTargetName })[];
}

/** A package of npm with the runtime of one system. */
export interface RuntimePackage {
  readonly name: string;
  readonly version: string;
  /** `sha512-<base64>` of its archive. */
  readonly integrity: string;
  /** The vendor's file that the runtime came from instead; undefined when it came from npm. */
  readonly vendor?: VendorOrigin | undefined;
  /** What the runtime reports in `process.versions`. */
  readonly parts: Readonly<Record<string, string>>;
}

/**
 * The bill of materials of a release in CycloneDX's JSON format, version 1.6: the bundle's packages, the
 * runtimes and their parts, with digests, licenses, and the names by which scanners find advisories. The same
 * materials give the same text.
 *
 * @throws BuildError when a runtime has an unknown part
 */
export function billOfMaterials(release: Release, materials: Materials): string {
  const bom = new Models.Bom();
  bom.metadata.timestamp = new Date(release.sourceDateEpoch * 1000);
  const product = new Models.Component(Enums.ComponentType.Application, PRODUCT.name, {
    version: release.version,
    description: PRODUCT.summary,
    bomRef: PRODUCT.name,
  });
  product.licenses.add(licence(PRODUCT.license));
  bom.metadata.component = product;
  product.supplier = new Models.OrganizationalEntity({
    name: vendorOf(release.publisher),
    url: new Set([release.publisher.homepage]),
  });
  const catalogue = new Map<string, Models.Component>();
  for (const component of [
    ...materials.bundled.map(npmComponent),
    ...materials.runtimes.map((runtime) => runtimeComponent(runtime, catalogue)),
    ...materials.libraries.map((library) =>
      debianComponent(library, 'beside the program for Linux'),
    ),
    ...materials.nsis.map((version) => partComponent({ ...NSIS, version })),
    ...materials.ownLibraries.flatMap((manifest) =>
      debianComponents(manifest, `part of the program for ${manifest.target}`),
    ),
  ]) {
    product.dependencies.add(addTo(catalogue, component).bomRef);
  }
  for (const component of catalogue.values()) bom.components.add(component);
  bom.serialNumber = serialNumber(serialize(bom));
  return serialize(bom);
}

function serialize(bom: Models.Bom): string {
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  const serializer = new Serialize.JsonSerializer(factory);
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function npmComponent(bundled: BundledPackage): Models.Component {
  const { name, version, licence: expression, integrity } = bundled;
  const component = npmPackage(name, version, integrity);
  component.licenses.add(licence(expression));
  return component;
}

function npmPackage(name: string, version: string, integrity: string): Models.Component {
  const { scope, bare = name } = /^(?<scope>@[^/]+)\/(?<bare>.+)$/.exec(name)?.groups ?? {};
  const purl = new PackageURL('npm', scope, bare, version).toString();
  const component = new Models.Component(Enums.ComponentType.Library, bare, {
    ...(scope === undefined ? {} : { group: scope }),
    version,
    purl,
    bomRef: purl,
  });
  const digest = /^sha512-(.+)$/.exec(integrity)?.[1];
  if (digest !== undefined) {
    const hexadecimal = Buffer.from(digest, 'base64').toString('hex');
    component.hashes.set(Enums.HashAlgorithm['SHA-512'], hexadecimal);
  }
  return component;
}

function vendorFile(version: string, { file, sha256 }: VendorOrigin): Models.Component {
  const purl = new PackageURL('generic', undefined, 'node', version, {
    checksum: `sha256:${sha256}`,
    download_url: `${VENDORS_DIST}/${file}`,
  }).toString();
  const component = new Models.Component(Enums.ComponentType.Library, 'node', {
    ...{ version, purl, bomRef: purl },
  });
  component.hashes.set(Enums.HashAlgorithm['SHA-256'], sha256);
  return component;
}

/** A component appears once, however many others contain it. */
function addTo(
  catalogue: Map<string, Models.Component>,
  component: Models.Component,
): Models.Component {
  const reference = component.bomRef.value ?? '';
  const known = catalogue.get(reference);
  if (known !== undefined) return known;
  catalogue.set(reference, component);
  return component;
}

/** The npm package of a runtime. It contains Node.js, which contains its parts. */
function runtimeComponent(
  runtime: RuntimePackage,
  catalogue: Map<string, Models.Component>,
): Models.Component {
  const { name, version, integrity, vendor } = runtime;
  const component =
    vendor === undefined ? npmPackage(name, version, integrity) : vendorFile(version, vendor);
  component.description = 'the package of Node.js for one system';
  component.licenses.add(licence(NODE.licence));
  const node = addTo(catalogue, partComponent({ ...NODE, version: runtime.version }));
  component.dependencies.add(node.bomRef);
  for (const part of runtimeParts(runtime.parts)) {
    node.dependencies.add(addTo(catalogue, partComponent(part)).bomRef);
  }
  return component;
}

function partComponent(part: RuntimePart & { readonly version: string }): Models.Component {
  const { name, version, supplier, cpe, npm } = part;
  const purl = (
    npm === undefined
      ? new PackageURL('generic', undefined, name.toLowerCase(), version)
      : new PackageURL('npm', undefined, npm, version)
  ).toString();
  const component = new Models.Component(Enums.ComponentType.Library, name, {
    version,
    purl,
    bomRef: purl,
    supplier: new Models.OrganizationalEntity({ name: supplier }),
    ...(cpe === undefined ? {} : { cpe: cpeName(cpe, version) }),
  });
  component.licenses.add(licence(part.licence));
  return component;
}

function debianComponents(
  { suite, nodeVersion, packages }: DebianManifest,
  description: string,
): readonly Models.Component[] {
  return packages.map((shipped) => {
    const origin = { ...shipped, distribution: 'debian', suite };
    const component = debianComponent(origin, description);
    if (shipped.source === NODE_SOURCE && nodeVersion !== undefined && NODE.cpe !== undefined) {
      component.cpe = cpeName(NODE.cpe, nodeVersion);
    }
    return component;
  });
}

function debianComponent(
  shipped: Pick<
    ShippedLibrary,
    'name' | 'version' | 'architecture' | 'sha256' | 'distribution' | 'suite'
  >,
  description: string,
): Models.Component {
  const { name, version, architecture, sha256, distribution, suite } = shipped;
  const qualifiers = { arch: architecture, distro: suite };
  const purl = new PackageURL('deb', distribution, name, version, qualifiers).toString();
  const component = new Models.Component(Enums.ComponentType.Library, name, {
    version,
    purl,
    bomRef: purl,
    description,
    supplier: new Models.OrganizationalEntity({ name: 'Debian' }),
  });
  component.hashes.set(Enums.HashAlgorithm['SHA-256'], sha256);
  return component;
}

function licence(expression: string): Models.LicenseExpression | Models.SpdxLicense {
  const id = SPDX.fixupSpdxId(expression);
  return id === undefined ? new Models.LicenseExpression(expression) : new Models.SpdxLicense(id);
}

/** A UUID made of the content, as there is one for each different bill and no more (RFC 9562, 5.8). */
function serialNumber(content: string): string {
  const digest = createHash('sha256').update(content).digest();
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x80, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  const [, ...groups] = /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(digest.toString('hex')) ?? [];
  return `urn:uuid:${groups.join('-')}`;
}
