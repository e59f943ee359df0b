import type { TargetName } from '../../../build/targets.ts';
import { PRODUCT } from '../../product.ts';
import { SHARED_FILES } from '../../system/shared-files.ts';
import { findDownload, type Manifest, type ReleaseTable } from '../release-table.ts';
import { livecheck } from './livecheck.ts';
import { dependsOnMacos } from './macos-release.ts';
import { indented, rubyString } from './ruby-text.ts';

/** The targets by the blocks of Homebrew for systems and processors. */
const TARGETS = {
  on_macos: { on_arm: 'macos-arm64', on_intel: 'macos-x64' },
  on_linux: { on_arm: 'linux-arm64', on_intel: 'linux-x64' },
} as const satisfies Record<string, Record<string, TargetName>>;

/**
 * The archive stays whole below `libexec`, because the program finds its files beside it. Links make it, the manual page and
 * the completion scripts appear where Homebrew has them.
 */
const INSTALL = [
  'def install',
  '  libexec.install Dir["*"]',
  '  bin.install_symlink libexec/"bin/session-manager-plugin"',
  `  man1.install_symlink libexec/"${SHARED_FILES.manual}"`,
  `  bash_completion.install_symlink libexec/"${SHARED_FILES.bash}" => "session-manager-plugin"`,
  `  fish_completion.install_symlink libexec/"${SHARED_FILES.fish}"`,
  `  zsh_completion.install_symlink libexec/"${SHARED_FILES.zsh}"`,
  'end',
];

const TEST = [
  'test do',
  '  assert_match version.to_s, shell_output("#{bin}/session-manager-plugin --version")',
  'end',
];

/**
 * The formula of Homebrew, which installs a plain archive on macOS and Linux (docs.brew.sh/Formula-Cookbook).
 *
 * @returns nothing for a release that lacks an archive for one of the four
 */
export function homebrewFormula(table: ReleaseTable): readonly Manifest[] {
  const { version, publisher, minimumMacos } = table;
  const macos = archives(table, TARGETS.on_macos);
  const linux = archives(table, TARGETS.on_linux);
  if (macos === undefined || linux === undefined || minimumMacos === undefined) return [];
  const lines = [
    `desc ${rubyString(PRODUCT.shortDescription)}`,
    `homepage ${rubyString(publisher.homepage)}`,
    `version ${rubyString(version)}`,
    `license ${rubyString(PRODUCT.license)}`,
    '',
    ...livecheck(table),
    '',
    ...block('on_macos', [dependsOnMacos(minimumMacos), '', ...macos]),
    '',
    ...block('on_linux', linux),
    '',
    ...INSTALL,
    '',
    ...TEST,
  ];
  return [
    {
      path: 'homebrew/Formula/session-manager-plugin.rb',
      text: ['class SessionManagerPlugin < Formula', ...indented(lines), 'end', ''].join('\n'),
    },
  ];
}

/** The blocks of the processors, with their archives; undefined when one is missing. */
function archives(
  table: ReleaseTable,
  targets: Readonly<Record<string, TargetName>>,
): readonly string[] | undefined {
  const blocks: string[] = [];
  for (const [processor, target] of Object.entries(targets)) {
    const download = findDownload(table, target, 'archive');
    if (download === undefined) return undefined;
    const { url, sha256 } = download;
    blocks.push(...block(processor, [`url ${rubyString(url)}`, `sha256 ${rubyString(sha256)}`]));
  }
  return blocks;
}

function block(name: string, lines: readonly string[]): readonly string[] {
  return [`${name} do`, ...indented(lines), 'end'];
}
