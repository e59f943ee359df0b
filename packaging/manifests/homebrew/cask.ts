import { basename, dirname } from 'node:path';
import { INSTALL_DIRECTORY } from '../../../build/install-directory.ts';
import { PRODUCT } from '../../product.ts';
import { findDownload, type Manifest, type ReleaseTable } from '../release-table.ts';
import { livecheck } from './livecheck.ts';
import { dependsOnMacos } from './macos-release.ts';
import { escapeRuby, indented, rubyString } from './ruby-text.ts';

/** What the package copies to the directories of macOS (packaging/macos/scripts/copy-shared-files.sh). */
const COPIED_FILES = [
  '/usr/local/share/bash-completion/completions/session-manager-plugin',
  '/usr/local/share/fish/vendor_completions.d/session-manager-plugin.fish',
  '/usr/local/share/man/man1/session-manager-plugin.1',
  '/usr/local/share/zsh/site-functions/_session-manager-plugin',
];

/** The receipt of the package, which lists what it has installed (packaging/macos/package-description.ts). */
const RECEIPT = 'session-manager-plugin';

/**
 * The cask of Homebrew, which installs the package for macOS (docs.brew.sh/Cask-Cookbook).
 *
 * @returns nothing for a release without the packages for both processors
 */
export function homebrewCask(table: ReleaseTable): readonly Manifest[] {
  const { version, publisher, minimumMacos } = table;
  const arm = findDownload(table, 'macos-arm64', 'macos-pkg');
  const intel = findDownload(table, 'macos-x64', 'macos-pkg');
  if (arm === undefined || intel === undefined || minimumMacos === undefined) return [];
  const file = basename(intel.path);
  const lines = [
    `arch arm: ${rubyString(dirname(arm.path))}, intel: ${rubyString(dirname(intel.path))}`,
    '',
    `version ${rubyString(version)}`,
    `sha256 arm:   ${rubyString(arm.sha256)},`,
    `       intel: ${rubyString(intel.sha256)}`,
    '',
    `url "${escapeRuby(publisher.downloads)}/#{version}/#{arch}/${file}"`,
    'name "Session Manager plugin"',
    `desc ${rubyString(PRODUCT.shortDescription)}`,
    `homepage ${rubyString(publisher.homepage)}`,
    '',
    ...livecheck(table),
    '',
    dependsOnMacos(minimumMacos),
    '',
    `pkg ${rubyString(file)}`,
    `binary ${rubyString(`${INSTALL_DIRECTORY}/bin/session-manager-plugin`)}`,
    '',
    `uninstall pkgutil: ${rubyString(RECEIPT)},`,
    '          delete:  [',
    ...COPIED_FILES.map((file) => `            ${rubyString(file)},`),
    '          ]',
    '',
    `zap trash: ${rubyString(INSTALL_DIRECTORY)}`,
  ];
  return [
    {
      path: 'homebrew/Casks/session-manager-plugin.rb',
      text: ['cask "session-manager-plugin" do', ...indented(lines), 'end', ''].join('\n'),
    },
  ];
}
