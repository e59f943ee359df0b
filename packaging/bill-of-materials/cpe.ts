/** A product as the National Vulnerability Database (NVD) names it. */
export interface CpeProduct {
  readonly vendor: string;
  readonly product: string;
}

/** Characters that have a meaning of their own (NISTIR 7695, 6.2). */
const QUOTED = /[^A-Za-z0-9_.-]/g;
const RELEASE_NUMBER = /^\d+(?:\.\d+)*/;

/**
 * The name of a version of a product, by which scanners find advisories: a CPE 2.3 formatted string (NISTIR 7695,
 * 6.2). The version is its release number alone, without what a build adds, such as `-node.57`: advisories
 * compare release numbers.
 */
export function cpeName({ vendor, product }: CpeProduct, version: string): string {
  const release = RELEASE_NUMBER.exec(version)?.[0] ?? version;
  const attributes = [vendor, product, release].map((value) => value.replaceAll(QUOTED, '\\$&'));
  return `cpe:2.3:a:${attributes.join(':')}:*:*:*:*:*:*:*`;
}
