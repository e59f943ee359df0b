import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { runTool } from '../../../../build/tool.ts';
import type { Manifest } from '../../../../packaging/manifests/release-table.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { RUBY } from '../../../support/tools.ts';

const SCRIPT = join(import.meta.dirname, 'homebrew.rb');

export type BrewSystem = readonly [system: 'macos' | 'linux', processor: 'arm' | 'intel'];

/** What a formula or a cask declares on a system, by the names of its stanzas. */
export function declaredOn(
  t: TestContext,
  manifest: Manifest,
  system: BrewSystem,
): Readonly<Record<string, unknown>> {
  const file = writtenTo(temporaryDirectory(t), manifest);
  const output = runTool(RUBY, [SCRIPT, file, ...system]).toString('utf8');
  return JSON.parse(output) as Record<string, unknown>;
}

/** The report of Ruby about the syntax of a manifest, with all warnings. */
export function rubySyntax(t: TestContext, manifest: Manifest): string {
  const file = writtenTo(temporaryDirectory(t), manifest);
  return runTool(RUBY, ['-c', '-W2', file]).toString('utf8').trim();
}

/**
 * Installs an unpacked archive as a formula describes it.
 *
 * @param formula - its path
 * @param unpacked - the directory that the archive contains
 */
export function brewInstall(formula: string, unpacked: string, prefix: string): void {
  runTool(RUBY, [SCRIPT, formula, 'linux', 'intel', prefix], { cwd: unpacked });
}

function writtenTo(directory: string, { text }: Manifest): string {
  const file = join(directory, 'session-manager-plugin.rb');
  writeFileSync(file, text);
  return file;
}
