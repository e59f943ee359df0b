import { BuildError } from '../../build/runtime/build-error.mjs';
import type { CpeProduct } from './cpe.ts';

/** What a bill of materials contains about Node.js or a part of it, besides the version. */
export interface RuntimePart {
  /** The name by which its project is known. */
  readonly name: string;
  readonly supplier: string;
  /** SPDX expression, from the LICENSE file of Node.js. */
  readonly licence: string;
  /** Absent where NVD's dictionary has no such product: advisories on it name Node.js. */
  readonly cpe?: CpeProduct;
  /** Its name in the npm registry, if its project publishes it there. */
  readonly npm?: string;
}

const OPENJS = 'OpenJS Foundation';
const NODE_CONTRIBUTORS = 'Node.js contributors';

export const NODE: RuntimePart = {
  name: 'Node.js',
  supplier: OPENJS,
  licence: 'MIT',
  cpe: { vendor: 'nodejs', product: 'node.js' },
};

/** Setups and uninstallers for Windows are its code. */
export const NSIS: RuntimePart = {
  name: 'NSIS',
  supplier: 'NSIS contributors',
  licence: 'Zlib',
  cpe: { vendor: 'nullsoft', product: 'nullsoft_scriptable_install_system' },
};

/** By the names in `process.versions` (Node.js, "process.versions"). */
const PARTS: Readonly<Record<string, RuntimePart>> = {
  acorn: { name: 'acorn', supplier: 'acorn contributors', licence: 'MIT', npm: 'acorn' },
  ada: { name: 'ada', supplier: 'Yagiz Nizipli and Daniel Lemire', licence: 'MIT' },
  amaro: { name: 'amaro', supplier: NODE_CONTRIBUTORS, licence: 'MIT', npm: 'amaro' },
  ares: {
    name: 'c-ares',
    supplier: 'c-ares contributors',
    licence: 'MIT',
    cpe: { vendor: 'c-ares', product: 'c-ares' },
  },
  brotli: {
    name: 'brotli',
    supplier: 'Google',
    licence: 'MIT',
    cpe: { vendor: 'google', product: 'brotli' },
  },
  cjs_module_lexer: {
    name: 'cjs-module-lexer',
    supplier: NODE_CONTRIBUTORS,
    licence: 'MIT',
    npm: 'cjs-module-lexer',
  },
  icu: {
    name: 'ICU',
    supplier: 'Unicode, Inc.',
    licence: 'Unicode-3.0',
    cpe: { vendor: 'unicode', product: 'international_components_for_unicode' },
  },
  libffi: {
    name: 'libffi',
    supplier: 'libffi contributors',
    licence: 'MIT',
    cpe: { vendor: 'libffi_project', product: 'libffi' },
  },
  lief: {
    name: 'LIEF',
    supplier: 'LIEF contributors',
    licence: 'Apache-2.0',
    cpe: { vendor: 'lief-project', product: 'lief' },
  },
  llhttp: {
    name: 'llhttp',
    supplier: NODE_CONTRIBUTORS,
    licence: 'MIT',
    cpe: { vendor: 'llhttp', product: 'llhttp' },
  },
  merve: { name: 'merve', supplier: 'Yagiz Nizipli', licence: 'MIT' },
  nbytes: { name: 'nbytes', supplier: NODE_CONTRIBUTORS, licence: 'MIT' },
  ncrypto: { name: 'ncrypto', supplier: NODE_CONTRIBUTORS, licence: 'MIT' },
  nghttp2: {
    name: 'nghttp2',
    supplier: 'nghttp2 contributors',
    licence: 'MIT',
    cpe: { vendor: 'nghttp2', product: 'nghttp2' },
  },
  nghttp3: { name: 'nghttp3', supplier: 'nghttp3 contributors', licence: 'MIT' },
  ngtcp2: { name: 'ngtcp2', supplier: 'ngtcp2 contributors', licence: 'MIT' },
  openssl: {
    name: 'OpenSSL',
    supplier: 'OpenSSL Foundation',
    licence: 'Apache-2.0',
    cpe: { vendor: 'openssl', product: 'openssl' },
  },
  simdjson: { name: 'simdjson', supplier: 'simdjson contributors', licence: 'Apache-2.0' },
  simdutf: { name: 'simdutf', supplier: 'simdutf contributors', licence: 'MIT' },
  sqlite: {
    name: 'SQLite',
    supplier: 'SQLite Consortium',
    licence: 'blessing',
    cpe: { vendor: 'sqlite', product: 'sqlite' },
  },
  undici: {
    name: 'undici',
    supplier: OPENJS,
    licence: 'MIT',
    cpe: { vendor: 'nodejs', product: 'undici' },
    npm: 'undici',
  },
  uv: {
    name: 'libuv',
    supplier: 'libuv contributors',
    licence: 'MIT',
    cpe: { vendor: 'libuv', product: 'libuv' },
  },
  uvwasi: { name: 'uvwasi', supplier: NODE_CONTRIBUTORS, licence: 'MIT' },
  v8: {
    name: 'V8',
    supplier: 'Google',
    licence: 'BSD-3-Clause',
    cpe: { vendor: 'google', product: 'v8' },
  },
  zlib: {
    name: 'zlib',
    supplier: 'Chromium Authors',
    licence: 'Zlib',
    cpe: { vendor: 'zlib', product: 'zlib' },
  },
  zstd: {
    name: 'Zstandard',
    supplier: 'Meta Platforms',
    licence: 'BSD-3-Clause',
    cpe: { vendor: 'facebook', product: 'zstandard' },
  },
};

/** Numbers of interfaces and of data, and Node.js itself. */
const NO_PARTS: ReadonlySet<string> = new Set(['node', 'modules', 'napi', 'cldr', 'tz', 'unicode']);

/**
 * The parts of a runtime, of what it reports.
 *
 * @param versions - `process.versions` of the runtime
 * @returns the parts with their versions, and without those that it reports without a version
 * @throws BuildError when a part is not known here
 */
export function runtimeParts(
  versions: Readonly<Record<string, string>>,
): readonly (RuntimePart & { readonly version: string })[] {
  return Object.entries(versions)
    .filter(([key, version]) => !NO_PARTS.has(key) && version !== '')
    .map(([key, version]) => {
      const part = PARTS[key];
      if (part !== undefined) return { ...part, version };
      throw new BuildError(
        `Node.js contains ${key} ${version}, which packaging/bill-of-materials/runtime-parts.ts does not know: add its supplier, license and CPE`,
      );
    });
}
