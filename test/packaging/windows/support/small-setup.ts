import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { runTool } from '../../../../build/tool.ts';
import { windowsSigning } from '../../../../build/windows/windows-signing.ts';
import { buildSetup, type SetupOptions } from '../../../../packaging/windows/setup.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { DOCUMENTS } from '../../support/small-tree.ts';
import { smallRelease } from '../../support/small-release.ts';
import { MAKENSIS } from '../../../support/windows-tools.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
export const EPOCH = 1_700_000_000;

/** The small program makes the first file when it starts, and runs until there is the second. */
export const STARTED_FILE = String.raw`C:\started`;
export const END_FILE = String.raw`C:\end`;

/** An installed tree for Windows in which a small program replaces the real one. */
export function smallWindowsTree(t: TestContext, version: string): string {
  const tree = temporaryDirectory(t);
  mkdirSync(join(tree, 'bin'));
  const program = join(tree, 'bin', 'session-manager-plugin.exe');
  const script = join(temporaryDirectory(t), 'program.nsi');
  writeFileSync(
    script,
    `
Target amd64-unicode
Name "${version}"
OutFile "${program}"
SilentInstall silent
Section
  FileOpen $0 "${STARTED_FILE}" w
  FileClose $0
  wait:
  IfFileExists "${END_FILE}" end
  Sleep 20
  Goto wait
  end:
SectionEnd
`,
  );
  runTool(MAKENSIS, ['-V1', '-NOCONFIG', script]);
  chmodSync(program, 0o755);
  for (const name of DOCUMENTS) writeFileSync(join(tree, name), `${name} of ${version}\n`);
  writeFileSync(join(tree, 'NOTICE'), 'Copyright 2026 somebody\n');
  const template = readFileSync(join(ROOT, 'packaging/windows/seelog.xml.template'));
  writeFileSync(join(tree, 'seelog.xml.template'), template);
  return tree;
}

/** Builds a setup of a small tree, and returns its path. */
export function smallSetup(
  t: TestContext,
  version: string,
  {
    architecture = 'x64',
    signing = windowsSigning({}),
    makensis = MAKENSIS,
  }: Partial<SetupOptions> = {},
): string {
  const output = join(temporaryDirectory(t), 'SessionManagerPluginSetup.exe');
  const release = smallRelease(version, EPOCH);
  const tree = smallWindowsTree(t, version);
  buildSetup(release, { tree, output }, { architecture, signing, makensis });
  return output;
}
