import { createHash } from 'node:crypto';
import { Enums, Models, Serialize, SPDX, Spec } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';
import type { BundledPackage } from '../../build/bundle/bundled-packages.ts';
import type { X86Manifest } from '../../build/linux-x86/manifest.ts';
import { PRODUCT } from '../product.ts';
import type { Release } from '../release.ts';

/** What the programs of a release are made of. */
export interface Materials {
  /** The packages in the bundle. */
  readonly bundled: readonly BundledPackage[];
  /** The packages of npm that the runtimes came in, one for each system. */
  readonly runtimes: readonly RuntimePackage[];
  /** Undefined when there is no program for Linux x86 in the release. */
  readonly linuxX86: X86Manifest | undefined;
}

/** A package of npm with the runtime of one system. */
export interface RuntimePackage {
  readonly name: string;
  readonly version: string;
  /** `sha512-<base64>` of its archive. */
  readonly integrity: string;
  /** The components that the runtime reports: names and versions. */
  readonly parts: Readonly<Record<string, string>>;
}

/** Numbers of interfaces and of data among the components that the runtime reports. */
const NO_PARTS: ReadonlySet<string> = new Set(['node', 'modules', 'napi', 'cldr', 'tz', 'unicode']);

/**
 * The bill of materials of a release in CycloneDX's JSON format, version 1.6: the bundle's packages
 * and the runtimes, with their digests. The same materials give the same text.
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
  const components = [
    ...materials.bundled.map(npmComponent),
    ...materials.runtimes.map(runtimeComponent),
    ...(materials.linuxX86?.packages.map(debianComponent) ?? []),
  ];
  for (const component of components) {
    bom.components.add(component);
    product.dependencies.add(component.bomRef);
  }
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

function runtimeComponent(runtime: RuntimePackage): Models.Component {
  const component = npmPackage(runtime.name, runtime.version, runtime.integrity);
  component.description = 'Node.js, part of the program for one system';
  for (const [part, version] of Object.entries(runtime.parts)) {
    if (NO_PARTS.has(part)) continue;
    const purl = new PackageURL('generic', undefined, part, version).toString();
    const bomRef = `${component.bomRef.value ?? ''}#${part}`;
    component.components.add(
      new Models.Component(Enums.ComponentType.Library, part, { version, purl, bomRef }),
    );
  }
  return component;
}

function debianComponent(shipped: X86Manifest['packages'][number]): Models.Component {
  const { name, version, architecture, sha256 } = shipped;
  const purl = new PackageURL('deb', 'debian', name, version, { arch: architecture }).toString();
  const component = new Models.Component(Enums.ComponentType.Library, name, {
    version,
    purl,
    bomRef: purl,
    description: 'part of the program for Linux x86',
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
