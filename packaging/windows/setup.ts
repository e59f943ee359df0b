import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { BinaryTarget } from '../../build/targets.ts';
import { runTool, type Tool } from '../../build/tool.ts';
import { ICON_FILE, PUBLISHER } from '../../build/windows/brand-executable.ts';
import {
  signWindowsExecutable,
  windowsSigningEnvironment,
  type WindowsSigning,
} from '../../build/windows/windows-signing.ts';
import { beginStep } from '../progress/step-messages.ts';
import type { PackageRequest, Release } from '../release.ts';
import { stageTree } from '../stage-tree.ts';
import { copyrightLine } from '../../build/copyright-line.ts';
import { defined, quoted } from './nsis-text.ts';
import { startSilently } from './start-silently.ts';
import { installFilesMacro, logTemplateMacro, removeFilesMacro } from './setup-macros.ts';

const SCRIPT = join(import.meta.dirname, 'setup.nsi');
const SIGN_FILE = join(import.meta.dirname, '..', '..', 'build', 'windows', 'sign-file.ts');

/** Windows loads compatibility shims into what is called setup.exe; makensis refuses that name. */
const SETUP_NAME = 'SessionManagerPluginSetup.exe';
const PROGRAM = 'bin/session-manager-plugin.exe';
const LOG_TEMPLATE = 'seelog.xml.template';

/** One block over all files packs the program's many similar parts a quarter smaller. */
const COMPRESSORS: Readonly<Record<Release['compression'], readonly string[]>> = {
  fast: ['SetCompressor /SOLID zlib'],
  small: ['SetCompressor /SOLID lzma', 'SetCompressorDictSize 64'],
};

/** What setups of one release differ in. */
export interface SetupOptions {
  /** Of the program in the tree. The setup itself is for x64, which Windows 11 on ARM64 runs, too. */
  readonly architecture: BinaryTarget['arch'];
  /** Signs the setup and the uninstaller in it; the program in the tree is signed before. */
  readonly signing: WindowsSigning;
  /** Parts of it become a part of the setup. */
  readonly makensis: Tool;
}

/**
 * Makes the setup for Windows of an installed tree.
 *
 * @throws TreeError when the tree cannot be packed, ToolError when makensis or osslsigncode is missing
 *   or fails
 */
export function buildSetup(
  release: Release,
  request: PackageRequest,
  { architecture, signing, makensis }: SetupOptions,
): void {
  const work = mkdtempSync(join(tmpdir(), 'session-manager-plugin-setup-'));
  try {
    const tree = join(work, 'tree');
    const { files, installedKibibytes } = stageTree(request.tree, tree, release.sourceDateEpoch);
    const unfinished = join(work, SETUP_NAME);
    // The program takes the place of one that may run, the template depends on the place.
    const plainFiles = files.filter((file) => file !== PROGRAM && file !== LOG_TEMPLATE);
    const definitions = [
      ...COMPRESSORS[release.compression],
      defined('VERSION', release.version),
      defined('ARCHITECTURE', architecture),
      defined('PUBLISHER', PUBLISHER),
      defined('COPYRIGHT', copyrightLine(readFileSync(join(tree, 'NOTICE'), 'utf8'))),
      defined('INSTALLED_KIBIBYTES', String(installedKibibytes)),
      defined('SOURCE', dirname(SCRIPT)),
      defined('ICON', ICON_FILE),
      defined('OUTPUT', unfinished),
      defined('PROGRAM_FILE', join(tree, PROGRAM)),
      installFilesMacro(tree, plainFiles),
      removeFilesMacro(plainFiles),
      logTemplateMacro(readFileSync(join(tree, LOG_TEMPLATE), 'utf8')),
      ...signUninstaller(signing, release.sourceDateEpoch),
    ];
    const definitionsFile = join(work, 'definitions.nsh');
    writeFileSync(definitionsFile, `${definitions.join('\n')}\n`);
    runTool(
      makensis,
      [
        ...['-V2', '-WX', '-NOCONFIG', '-NOCD', '-INPUTCHARSET', 'UTF8'],
        ...[`-DDEFINITIONS=${definitionsFile}`, SCRIPT],
      ],
      {
        env: {
          SOURCE_DATE_EPOCH: String(release.sourceDateEpoch),
          ...windowsSigningEnvironment(signing),
        },
      },
    );
    writeFileSync(unfinished, startSilently(readFileSync(unfinished)));
    if (signing.kind === 'certificate') beginStep('setup: signature');
    signWindowsExecutable(unfinished, signing, release.sourceDateEpoch);
    writeFileSync(request.output, readFileSync(unfinished));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The uninstaller exists as a file only while makensis runs, which calls this command with its path. */
function signUninstaller(signing: WindowsSigning, signingTime: number): string[] {
  if (signing.kind === 'unsigned') return [];
  const command = `"${process.execPath}" "${SIGN_FILE}" "%1" ${signingTime}`;
  return [`!uninstfinalize ${quoted(command)} = 0`];
}
