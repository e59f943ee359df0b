import { vendorOf, type Publisher } from '../../publisher.ts';

/** What all files of a package have at their head. */
export interface WingetIdentity {
  readonly PackageIdentifier: string;
  readonly PackageVersion: string;
}

/** The version of the schemas (github.com/microsoft/winget-cli, schemas/JSON/manifests). */
export const MANIFEST_VERSION = '1.10.0';

/** How long a part of an identifier may be (schema of the manifests). */
const MAX_PART_CHARACTERS = 32;
const PRODUCT = 'SessionManagerPlugin';

/**
 * The name of a publisher's package: the words of the publisher's name, such as `AdaDoe.SessionManagerPlugin`. It is not that
 * of AWS's package, which begins with `Amazon`.
 */
export function packageIdentifier(publisher: Publisher): string {
  const words = vendorOf(publisher).match(/[\p{L}\p{N}]+/gu) ?? [];
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return `${name.slice(0, MAX_PART_CHARACTERS)}.${PRODUCT}`;
}
