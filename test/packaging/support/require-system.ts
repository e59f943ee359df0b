import type { TestContext } from 'node:test';
import { missingTools, missingToolText, type Tool } from '../../../build/tool.ts';
import type { DebArchitecture } from '../../../packaging/deb/control.ts';
import { requireAvailable, requireNothing } from '../../support/require-tools.ts';
import { pristineRoot, type RootContent } from './pristine-root.ts';

/**
 * Whether packages can really be installed: that takes root, who may change its root directory, the
 * tools of the package format, and a system to install in, made of Debian's packages. Where something
 * is missing the test is skipped, but fails in continuous integration.
 */
export async function canInstall(
  t: TestContext,
  tools: readonly Tool[],
  architecture: DebArchitecture = 'amd64',
  content?: RootContent,
): Promise<boolean> {
  const missing = [
    ...(process.getuid?.() === 0 ? [] : ['only root can install packages']),
    ...missingTools(tools).map(missingToolText),
  ];
  if (!requireNothing(t, missing.length === 0 ? undefined : missing.join('; '))) return false;
  return (await requireAvailable(t, () => pristineRoot(architecture, content))) !== undefined;
}
