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

/** Variables that name a file of certificates to trust, in the order they are named to the user. */
const FILE_VARIABLES = ['AWS_CA_BUNDLE', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'] as const;
const DIRECTORY_VARIABLE = 'SSL_CERT_DIR';

/** What the trusted roots depend on. */
export interface TrustOptions {
  readonly env: Environment;
  /** `ca_bundle` of the profile, if it has one. */
  readonly profileCaBundle: () => Promise<string | undefined>;
  readonly readSystemRoots: () => Promise<readonly string[]>;
  readonly logger: Logger;
}

/**
 * Which certificates are trusted: Node.js's bundled roots, those the variables and the profile name,
 * and those of the operating system. All of them count, none replaces another.
 *
 * The system's store takes long to read (0.1 s and more), and nearly every connection is verified
 * without it, so it is read only when a certificate has been refused without it; the connection is
 * then made once more, trusting everything. The outcome is the same as with all roots from the
 * beginning: what verifies against some of the roots verifies against all of them, and nothing is
 * refused before all of them have been asked.
 */
export interface Trust {
  /** What to verify against first: all roots but the system's, or all once those were needed. */
  first(): Promise<SecureContext>;
  /** All roots, to verify against when a certificate was refused with `first()`. */
  whole(): Promise<SecureContext>;
  /** The settings that could not be used, each as a sentence part: `AWS_CA_BUNDLE names …`. */
  problems(): readonly string[];
}

/** Nothing is read before it is asked for, and nothing twice. */
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
  const bundled = new Set(rootCertificates.flatMap(splitPem));
  const further = [...new Set(certificates)].filter((certificate) => !bundled.has(certificate));
  // Node.js has the bundled roots ready; handed over as texts they are parsed again.
  if (further.length === 0) return createSecureContext(TLS_STRENGTH);
  return createSecureContext({ ...TLS_STRENGTH, ca: [...rootCertificates, ...further] });
}
