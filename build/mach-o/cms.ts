import { hash, sign } from 'node:crypto';
import {
  der,
  derObjectIdentifier,
  derSequence,
  derSetOrder,
  derSmallInteger,
  DerTag,
  readDer,
  readDerSequence,
} from '../der.ts';
import type { SigningIdentity } from '../signing-identity.ts';

/** Who signs, and when. */
export interface CmsSigner {
  readonly identity: SigningIdentity;
  /** Seconds since the epoch, for the attribute signingTime: before the year 2050. */
  readonly signingTime: number;
}

/** Object identifiers of RFC 5652, RFC 8017 (PKCS #1) and Apple's own. */
const Oid = {
  Data: derObjectIdentifier('1.2.840.113549.1.7.1'),
  SignedData: derObjectIdentifier('1.2.840.113549.1.7.2'),
  ContentType: derObjectIdentifier('1.2.840.113549.1.9.3'),
  MessageDigest: derObjectIdentifier('1.2.840.113549.1.9.4'),
  SigningTime: derObjectIdentifier('1.2.840.113549.1.9.5'),
  CodeDirectoryHashes: derObjectIdentifier('1.2.840.113635.100.9.1'),
  CodeDirectoryDigests: derObjectIdentifier('1.2.840.113635.100.9.2'),
  Sha256: derObjectIdentifier('2.16.840.1.101.3.4.2.1'),
  Sha256WithRsa: derObjectIdentifier('1.2.840.113549.1.1.11'),
} as const;

const NULL = der(DerTag.Null);
const SHA256 = derSequence(Oid.Sha256, NULL);
const VERSION = derSmallInteger(1);
/** The hash by which macOS knows code is cut to the length of a SHA-1. */
const CODE_DIRECTORY_HASH_BYTES = 20;

/**
 * Signs a code directory as codesign does: a detached SignedData (RFC 5652) with the certificates,
 * SHA-256, RSA with PKCS #1 v1.5, and Apple's attributes that name the code directory. It is written
 * here and not by the `openssl` program, which takes neither a time nor Apple's attributes; so the
 * same input gives the same signature. There is no time stamp of a third party in it.
 *
 * @param codeDirectory - the blob with its header
 * @returns ContentInfo in DER
 */
export function signCodeDirectory(codeDirectory: Buffer, signer: CmsSigner): Buffer {
  const { key, chain, certificate } = signer.identity;
  const digest = hash('sha256', codeDirectory, 'buffer');
  const attributes = derSetOrder([
    attribute(Oid.ContentType, Oid.Data),
    attribute(Oid.SigningTime, der(DerTag.UtcTime, utcTime(signer.signingTime))),
    attribute(Oid.MessageDigest, der(DerTag.OctetString, digest)),
    attribute(Oid.CodeDirectoryHashes, der(DerTag.OctetString, hashesPropertyList(digest))),
    attribute(Oid.CodeDirectoryDigests, derSequence(Oid.Sha256, der(DerTag.OctetString, digest))),
  ]);
  // What is signed has the tag of a SET, what is stored has [0] (RFC 5652, section 5.4).
  const signature = sign('sha256', der(DerTag.Set, ...attributes), key);
  const signerInfo = derSequence(
    VERSION,
    issuerAndSerialNumber(certificate.raw),
    SHA256,
    der(DerTag.ContextConstructed, ...attributes),
    derSequence(Oid.Sha256WithRsa, NULL),
    der(DerTag.OctetString, signature),
  );
  const signedData = derSequence(
    VERSION,
    der(DerTag.Set, SHA256),
    derSequence(Oid.Data),
    der(DerTag.ContextConstructed, ...derSetOrder(chain.map(({ raw }) => raw))),
    der(DerTag.Set, signerInfo),
  );
  return derSequence(Oid.SignedData, der(DerTag.ContextConstructed, signedData));
}

function attribute(type: Buffer, value: Buffer): Buffer {
  return derSequence(type, der(DerTag.Set, value));
}

/** The form YYMMDDhhmmssZ, which RFC 5652 wants of times before 2050. */
function utcTime(seconds: number): Buffer {
  const digits = new Date(seconds * 1000).toISOString().replaceAll(/\D/g, '');
  return Buffer.from(`${digits.slice(2, 14)}Z`, 'latin1');
}

function hashesPropertyList(digest: Buffer): Buffer {
  const hash20 = digest.subarray(0, CODE_DIRECTORY_HASH_BYTES).toString('base64');
  return Buffer.from(
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n' +
      '<plist version="1.0">\n<dict>\n\t<key>cdhashes</key>\n\t<array>\n' +
      `\t\t<data>\n\t\t${hash20}\n\t\t</data>\n\t</array>\n</dict>\n</plist>\n`,
    'utf8',
  );
}

/**
 * @param certificate - in DER (RFC 5280: the serial number is the first INTEGER of TBSCertificate
 *   after the version [0], the issuer comes two values later)
 */
function issuerAndSerialNumber(certificate: Buffer): Buffer {
  const [tbsCertificate] = readDerSequence(readDer(certificate).content);
  const values = readDerSequence(tbsCertificate?.content ?? Buffer.alloc(0));
  const serial = values.findIndex(({ tag }) => tag === DerTag.Integer);
  const serialNumber = values[serial]?.bytes;
  const issuer = values[serial + 2]?.bytes;
  if (serialNumber === undefined || issuer === undefined) {
    throw new RangeError('the certificate has no serial number or no issuer');
  }
  return derSequence(issuer, serialNumber);
}
