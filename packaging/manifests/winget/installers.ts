import type { TargetName } from '../../../build/targets.ts';
import { PUBLISHER } from '../../../build/windows/brand-executable.ts';
import { findDownload, type ListedDownload, type ReleaseTable } from '../release-table.ts';

/** The targets by the names that winget has for processors. */
const ARCHITECTURES = {
  x64: 'windows-x64',
  arm64: 'windows-arm64',
} as const satisfies Record<string, TargetName>;

/** What the setup registers (packaging/windows/setup.nsi): the name, and the key below `Uninstall` in the registry. */
export const SETUP_NAME = 'Session Manager Plugin';
export const SETUP_KEY = 'SessionManagerPlugin';

/** For whom the setup installs, the switch for it, and where (packaging/windows/common.nsh). */
const SCOPES = [
  {
    Scope: 'user',
    InstallerSwitches: { Custom: '/CURRENTUSER' },
    InstallationMetadata: {
      DefaultInstallLocation: String.raw`%LocalAppData%\Amazon\SessionManagerPlugin`,
    },
  },
  {
    Scope: 'machine',
    InstallerSwitches: { Custom: '/ALLUSERS' },
    ElevationRequirement: 'elevationRequired',
    InstallationMetadata: {
      DefaultInstallLocation: String.raw`%ProgramFiles%\Amazon\SessionManagerPlugin`,
    },
  },
] as const;

/** Exit codes of the setup that winget can explain (packaging/windows/setup.nsi and switches.nsh). */
const EXPECTED_RETURN_CODES = [
  { InstallerReturnCode: 87, ReturnResponse: 'invalidParameter' },
  { InstallerReturnCode: 1150, ReturnResponse: 'systemNotSupported' },
];

/**
 * The installers of the package: the setup for the user and for all users, and the plain archive. The setup is of NSIS,
 * whose switches for no window (`/S`) and for the directory (`/D=`) winget knows. Its `/log` would suppress the window of an
 * interactive installation, because winget adds it to each, so winget does not learn of it.
 *
 * @returns nothing for a release that has not both for a processor
 */
export function wingetInstallers(table: ReleaseTable): readonly object[] {
  return Object.entries(ARCHITECTURES).flatMap(([architecture, target]) => {
    const setup = findDownload(table, target, 'windows-setup');
    const archive = findDownload(table, target, 'archive');
    if (setup === undefined || archive === undefined) return [];
    return [
      ...SCOPES.map((scope) => ({ ...source(architecture, setup), ...SETUP, ...scope })),
      { ...source(architecture, archive), ...portable(archive) },
    ];
  });
}

function source(architecture: string, { url, sha256 }: ListedDownload): object {
  return {
    Architecture: architecture,
    InstallerUrl: url,
    InstallerSha256: sha256.toUpperCase(),
  };
}

const SETUP = {
  InstallerType: 'nullsoft',
  InstallModes: ['interactive', 'silent', 'silentWithProgress'],
  UnsupportedArguments: ['log'],
  ExpectedReturnCodes: EXPECTED_RETURN_CODES,
  ProductCode: SETUP_KEY,
  AppsAndFeaturesEntries: [
    { DisplayName: SETUP_NAME, Publisher: PUBLISHER, ProductCode: SETUP_KEY },
  ],
};

/** The program finds its files by its own path, so winget has to add its directory to PATH instead of making a link. */
function portable({ directory }: ListedDownload): object {
  return {
    InstallerType: 'zip',
    NestedInstallerType: 'portable',
    NestedInstallerFiles: [
      {
        RelativeFilePath: String.raw`${directory}\bin\session-manager-plugin.exe`,
        PortableCommandAlias: 'session-manager-plugin',
      },
    ],
    ArchiveBinariesDependOnPath: true,
    Scope: 'user',
  };
}
