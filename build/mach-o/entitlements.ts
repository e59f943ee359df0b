import { der, derSequence, derSmallInteger, DerTag } from '../der.ts';
import { BlobMagic, encodeBlob } from './blob.ts';

/**
 * What the hardened runtime has to allow, or V8 cannot run code that it has just compiled. These are
 * two of the six entitlements of the Node.js project's own binaries. The others stay out: they let a
 * caller's DYLD variables load foreign libraries (allow-dyld-environment-variables,
 * disable-library-validation), a debugger attach (get-task-allow), or code that is there be changed
 * (disable-executable-page-protection).
 */
export const JIT_ENTITLEMENTS: readonly string[] = [
  'com.apple.security.cs.allow-jit',
  'com.apple.security.cs.allow-unsigned-executable-memory',
];

/** [CONTEXT 16]: a dictionary. */
const DER_DICTIONARY = 0xb0;
/** [APPLICATION 16]: entitlements. */
const DER_ENTITLEMENTS = 0x70;

/**
 * Writes entitlements that are all true as a property list, the form that every macOS reads.
 *
 * @returns the blob of slot 5
 */
export function encodeEntitlements(names: readonly string[]): Buffer {
  const entries = names.toSorted().map((name) => `\t<key>${name}</key>\n\t<true/>\n`);
  const plist =
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n' +
    `<plist version="1.0">\n<dict>\n${entries.join('')}</dict>\n</plist>\n`;
  return encodeBlob(BlobMagic.Entitlements, Buffer.from(plist, 'utf8'));
}

/**
 * Writes the same in DER, as codesign does beside the property list since macOS 12: version 1 and a
 * dictionary of names and values in the order of their names.
 *
 * @returns the blob of slot 7
 */
export function encodeDerEntitlements(names: readonly string[]): Buffer {
  const entries = names
    .toSorted()
    .map((name) =>
      derSequence(
        der(DerTag.Utf8String, Buffer.from(name, 'utf8')),
        der(DerTag.Boolean, Buffer.from([0xff])),
      ),
    );
  const entitlements = der(DER_ENTITLEMENTS, derSmallInteger(1), der(DER_DICTIONARY, ...entries));
  return encodeBlob(BlobMagic.DerEntitlements, entitlements);
}
