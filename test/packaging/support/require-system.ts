import type { TestContext } from 'node:test';
import { findTool, type Tool } from '../../../build/tool.ts';

/**
 * Whether packages can really be installed: that takes root, who may change its root directory, and
 * the tools of the package format. Where something is missing the test is skipped, but fails in
 * continuous integration.
 */
export function canInstall(t: TestContext, tools: readonly Tool[]): boolean {
  const missing = [
    ...(process.getuid?.() === 0 ? [] : ['only root can install packages']),
    ...missingTools(tools),
  ];
  return missing.length === 0 || skip(t, missing);
}

/** The same for tests that only read packages, which anybody can. */
export function hasTools(t: TestContext, tools: readonly Tool[]): boolean {
  const missing = missingTools(tools);
  return missing.length === 0 || skip(t, missing);
}

function missingTools(tools: readonly Tool[]): string[] {
  return tools
    .filter((tool) => findTool(tool) === undefined)
    .map(({ program, debianPackage }) => `${program} is missing: install ${debianPackage}`);
}

function skip(t: TestContext, missing: readonly string[]): false {
  const message = missing.join('; ');
  if (process.env['CI'] === 'true') throw new Error(message);
  t.skip(message);
  return false;
}
