import { INSTALL_DIRECTORY } from '../../build/install-directory.ts';
import type { Architecture } from '../../build/mach-o/load-commands.ts';
import { escapeXml } from './xml.ts';

/** What the installer of macOS needs to know about a package. */
export interface PackageDescription {
  readonly version: string;
  readonly architecture: Architecture;
  /** The macOS that it needs at least: `11.0`. */
  readonly minimumSystem: string;
  /** Directories and files, with the directory of installation. */
  readonly fileCount: number;
  /** Disk space in KiB. */
  readonly kibibytes: number;
}

/** By which macOS knows what is installed (`pkgutil --pkgs`). */
const IDENTIFIER = 'session-manager-plugin';
const TITLE = 'Session Manager plugin';
/** The name of the component package in the flat one. */
export const COMPONENT = 'base.pkg';

const XML = '<?xml version="1.0" encoding="utf-8"?>\n';

/**
 * Writes PackageInfo: how the payload is installed. Its root is the directory of installation itself,
 * so that the directories above, which are the user's, are neither described nor changed.
 */
export function encodePackageInfo(description: PackageDescription): Buffer {
  const { version, fileCount, kibibytes } = description;
  return Buffer.from(
    `${XML}<pkg-info overwrite-permissions="true" relocatable="false" identifier="${IDENTIFIER}"` +
      ` postinstall-action="none" version="${escapeXml(version)}" format-version="2"` +
      ` install-location="${INSTALL_DIRECTORY}" auth="root">\n` +
      `    <payload numberOfFiles="${fileCount}" installKBytes="${kibibytes}"/>\n` +
      '    <bundle-version/>\n    <upgrade-bundle/>\n    <update-bundle/>\n' +
      '    <atomic-update-bundle/>\n    <strict-identifier/>\n    <relocate/>\n' +
      '    <scripts>\n        <postinstall file="./postinstall"/>\n    </scripts>\n' +
      '</pkg-info>\n',
    'utf8',
  );
}

/**
 * Writes Distribution: what the installer shows and where it installs (Apple, "Distribution XML
 * Reference"). If a package does not name its processors, a Mac with Apple silicon asks for
 * Rosetta; one with Intel refuses a package for arm64.
 */
export function encodeDistribution(description: PackageDescription): Buffer {
  const { version, architecture, minimumSystem, kibibytes } = description;
  return Buffer.from(
    `${XML}<installer-gui-script minSpecVersion="2">\n` +
      `    <title>${TITLE}</title>\n` +
      '    <options customize="never" require-scripts="false"' +
      ` hostArchitectures="${architecture}"/>\n` +
      '    <domains enable_anywhere="false" enable_currentUserHome="false"' +
      ' enable_localSystem="true"/>\n' +
      '    <volume-check>\n        <allowed-os-versions>\n' +
      `            <os-version min="${minimumSystem}"/>\n` +
      '        </allowed-os-versions>\n    </volume-check>\n' +
      '    <choices-outline>\n        <line choice="default">\n' +
      `            <line choice="${IDENTIFIER}"/>\n        </line>\n    </choices-outline>\n` +
      '    <choice id="default"/>\n' +
      `    <choice id="${IDENTIFIER}" visible="false">\n` +
      `        <pkg-ref id="${IDENTIFIER}"/>\n    </choice>\n` +
      `    <pkg-ref id="${IDENTIFIER}" version="${escapeXml(version)}" onConclusion="none"` +
      ` installKBytes="${kibibytes}">#${COMPONENT}</pkg-ref>\n` +
      '</installer-gui-script>\n',
    'utf8',
  );
}
