import { createHash, type X509Certificate } from 'node:crypto';
import { derObjectIdentifier } from '../der.ts';
import { BlobMagic, encodeBlob, encodeSuperBlob } from './blob.ts';

/** Operations of a requirement (Apple's Security, requirement.h). */
const Operation = {
  Identifier: 2,
  AnchorHash: 4,
  And: 6,
  CertificateField: 11,
  CertificateGeneric: 14,
  AppleGenericAnchor: 15,
} as const;
const MATCH_EXISTS = 0;
const MATCH_EQUAL = 1;

/** kSecDesignatedRequirementType: what a later version must fulfil to be the same program. */
const DESIGNATED = 3;
/** A requirement that is an expression in prefix form. */
const EXPRESSION_FORM = 1;
const LEAF = 0;
const INTERMEDIATE = 1;

/** Extensions of the certificates of Apple's "Developer ID" programme for programs. */
const DEVELOPER_ID_LEAF = '1.2.840.113635.100.6.1.13';
const DEVELOPER_ID_AUTHORITY = '1.2.840.113635.100.6.2.6';

/**
 * Writes the requirements of a program that nobody signed: none.
 *
 * @returns the blob of slot 2
 */
export function encodeNoRequirements(): Buffer {
  return encodeSuperBlob(BlobMagic.Requirements, []);
}

/**
 * Writes the designated requirement: the identifier, and for a "Developer ID" certificate what
 * codesign asks for (that programme, the same team), for any other certificate that very one.
 *
 * @param teamIdentifier - of the certificate; without one the certificate itself is asked for
 * @returns the blob of slot 2
 */
export function encodeDesignatedRequirement(
  identifier: string,
  certificate: X509Certificate,
  teamIdentifier: string | undefined,
): Buffer {
  const isDeveloperId = certificate.raw.includes(derObjectIdentifier(DEVELOPER_ID_LEAF));
  const signer =
    isDeveloperId && teamIdentifier !== undefined
      ? developerId(teamIdentifier)
      : [
          number(Operation.AnchorHash),
          number(LEAF),
          data(createHash('sha1').update(certificate.raw).digest()),
        ];
  const expression = Buffer.concat([
    number(EXPRESSION_FORM),
    number(Operation.And),
    number(Operation.Identifier),
    data(Buffer.from(identifier, 'utf8')),
    ...signer,
  ]);
  return encodeSuperBlob(BlobMagic.Requirements, [
    { slot: DESIGNATED, blob: encodeBlob(BlobMagic.Requirement, expression) },
  ]);
}

function developerId(teamIdentifier: string): Buffer[] {
  return [
    number(Operation.And),
    number(Operation.AppleGenericAnchor),
    number(Operation.And),
    ...hasExtension(INTERMEDIATE, DEVELOPER_ID_AUTHORITY),
    number(Operation.And),
    ...hasExtension(LEAF, DEVELOPER_ID_LEAF),
    number(Operation.CertificateField),
    number(LEAF),
    data(Buffer.from('subject.OU', 'utf8')),
    number(MATCH_EQUAL),
    data(Buffer.from(teamIdentifier, 'utf8')),
  ];
}

function hasExtension(certificate: number, objectIdentifier: string): Buffer[] {
  // Without tag and length, which the operand has of its own.
  const content = derObjectIdentifier(objectIdentifier).subarray(2);
  return [
    number(Operation.CertificateGeneric),
    number(certificate),
    data(content),
    number(MATCH_EXISTS),
  ];
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Length, bytes, and zeros to a multiple of four. */
function data(bytes: Buffer): Buffer {
  const padded = Buffer.alloc(Math.ceil(bytes.length / 4) * 4);
  bytes.copy(padded);
  return Buffer.concat([number(bytes.length), padded]);
}
