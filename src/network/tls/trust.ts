import { delimiter } from 'node:path';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { Logger } from '../../logging/logger.ts';
import {
  readCertificateDirectory,
  readCertificateFile,
  splitPem,
  type CertificateFiles,
} from './certificate-files.ts';
import { TLS_STRENGTH } from './tls-strength.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that name a file of trusted certificates, in the order in which messages name them. */
const FILE_VARIABLES = ['AWS_CA_BUNDLE', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'] as const;
const DIRECTORY_VARIABLE = 'SSL_CERT_DIR';

/** What trust works with. */
export interface TrustOptions {
  readonly env: Environment;
  /** `ca_bundle` of the profile, if it has one. */
  readonly profileCaBundle: () => Promise<string | undefined>;
  readonly readSystemRoots: () => Promise<readonly string[]>;
  readonly logger: Logger;
}

/**
 * The trusted certificates: Node.js's bundled roots, those that variables and the profile name, and those of
 * the operating system. All of them are trusted; none replaces another.
 *
 * The system's store takes long to read (0.1 s and more), and nearly every connection is verified
 * without it. So it is read only when a certificate has been refused without it; then the connection is
 * made once more with all roots. The outcome is the same as with all roots from the beginning: what
 * verifies against some of the roots verifies against all of them, and a certificate is refused only
 * after all of them were tried.
 */
export interface Trust {
  /**
   * The roots to verify against first: all except the system's, or all of them after the system's were needed
   * once.
   */
  first(): Promise<SecureContext>;
  /** All roots, to verify against when a certificate was refused with `first()`. */
  whole(): Promise<SecureContext>;
  /** The settings that could not be used, each as a part of a sentence: `AWS_CA_BUNDLE names …`. */
  problems(): readonly string[];
}

/** Reads each source of roots when it is first needed, and only once. */
export function createTrust(options: TrustOptions): Trust {
  const problems: string[] = [];
  let named: Promise<readonly string[]> | undefined;
  let first: Promise<SecureContext> | undefined;
  let whole: Promise<SecureContext> | undefined;

  const note = (setting: string, path: string, files: CertificateFiles): readonly string[] => {
    if (files.problem !== undefined) {
      const problem = `${setting} names ${path}, but ${files.problem}`;
      problems.push(problem);
      options.logger.warn(problem);
    }
    return files.certificates;
  };

  const readNamed = async (): Promise<readonly string[]> => {
    const { env } = options;
    const files: { setting: string; path: string }[] = [];
    for (const variable of FILE_VARIABLES) {
      const path = env[variable] ?? '';
      if (path !== '') files.push({ setting: variable, path });
    }
    const bundle = (await options.profileCaBundle()) ?? '';
    if (bundle !== '') files.push({ setting: 'ca_bundle of the profile', path: bundle });
    const directories = (env[DIRECTORY_VARIABLE] ?? '').split(delimiter).filter((d) => d !== '');
    const reads = [
      ...files.map(async ({ setting, path }) =>
        note(setting, path, await readCertificateFile(path)),
      ),
      ...directories.map(async (path) =>
        note(DIRECTORY_VARIABLE, path, await readCertificateDirectory(path)),
      ),
    ];
    return (await Promise.all(reads)).flat();
  };

  const namedCertificates = (): Promise<readonly string[]> => (named ??= readNamed());

  return {
    first: () => whole ?? (first ??= namedCertificates().then(contextOf)),
    whole: () =>
      (whole ??= Promise.all([namedCertificates(), options.readSystemRoots()]).then((roots) =>
        contextOf(roots.flat()),
      )),
    problems: () => problems,
  };
}

/** A context that trusts the bundled roots and these certificates. */
function contextOf(certificates: readonly string[]): SecureContext {
  if (certificates.length === 0) return createSecureContext(TLS_STRENGTH);
  const bundled = new Set(rootCertificates.flatMap(splitPem));
  const further = [...new Set(certificates)].filter((certificate) => !bundled.has(certificate));
  // Node.js keeps the bundled roots parsed. If they are passed as texts, it parses them again.
  if (further.length === 0) return createSecureContext(TLS_STRENGTH);
  return createSecureContext({ ...TLS_STRENGTH, ca: [...rootCertificates, ...further] });
}
