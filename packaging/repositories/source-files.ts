import { PRODUCT } from '../product.ts';
import { COMPONENT, SUITE } from './apt.ts';
import { inGroups, type PublicKey } from '../signing/public-key.ts';

/** What users need to know of repositories. */
export interface Repositories {
  /** Where they are published; no slash at the end. */
  readonly url: string;
  readonly key: PublicKey;
}

/** The files that users download to use the repositories, by their names. */
export const SOURCE_FILES = {
  key: `${PRODUCT.name}.asc`,
  apt: `${PRODUCT.name}.sources`,
  dnf: `${PRODUCT.name}.repo`,
} as const;

/**
 * A directory that every Debian and Ubuntu has, and apt's own user can read. `/etc/apt/keyrings` is missing before
 * Debian 12.
 */
const KEY_ON_DEBIAN = `/usr/share/keyrings/${SOURCE_FILES.key}`;

/** Where systems with dnf have the keys of their own repositories. */
const KEY_ON_RED_HAT = `/etc/pki/rpm-gpg/${SOURCE_FILES.key}`;

/** The key, what apt and dnf read, and a page for people. */
export function sourceFiles(repositories: Repositories): Readonly<Record<string, string>> {
  return {
    [SOURCE_FILES.key]: repositories.key.armored,
    [SOURCE_FILES.apt]: aptSources(repositories),
    [SOURCE_FILES.dnf]: dnfSource(repositories),
    'README.md': readme(repositories),
  };
}

/** deb822 (sources.list(5)), which apt reads since Debian 8. */
function aptSources({ url }: Repositories): string {
  return `Types: deb
URIs: ${url}/apt
Suites: ${SUITE}
Components: ${COMPONENT}
Signed-By: ${KEY_ON_DEBIAN}
`;
}

/** As dnf.conf(5) describes it: the index is signed, and each package, too. */
function dnfSource({ url }: Repositories): string {
  return `[${PRODUCT.name}]
name=${PRODUCT.summary}
baseurl=${url}/dnf/$basearch
gpgkey=${url}/${SOURCE_FILES.key}
gpgcheck=1
repo_gpgcheck=1
enabled=1
`;
}

/** The commands that add the repository to apt, and install the package. */
export function aptCommands(url: string): string {
  return `sudo curl -fsSLo ${KEY_ON_DEBIAN} ${url}/${SOURCE_FILES.key}
sudo curl -fsSLo /etc/apt/sources.list.d/${SOURCE_FILES.apt} ${url}/${SOURCE_FILES.apt}
sudo apt-get update
sudo apt-get install -y ${PRODUCT.name}
`;
}

/** The same for dnf. */
export function dnfCommands(url: string): string {
  return `sudo curl -fsSLo /etc/yum.repos.d/${SOURCE_FILES.dnf} ${url}/${SOURCE_FILES.dnf}
sudo dnf install ${PRODUCT.name}
`;
}

/** The commands after which dnf takes no other key than the downloaded one, whose fingerprint a person compares. */
export function dnfKeyCommands(url: string): string {
  return `sudo curl -fsSLo ${KEY_ON_RED_HAT} ${url}/${SOURCE_FILES.key}
gpg --show-keys ${KEY_ON_RED_HAT}
sudo sed -i 's|^gpgkey=.*|gpgkey=file://${KEY_ON_RED_HAT}|' /etc/yum.repos.d/${SOURCE_FILES.dnf}
`;
}

function readme({ url, key }: Repositories): string {
  return `# Repositories of session-manager-plugin

All indexes, and the rpm packages, are signed with the key of this fingerprint:

    ${inGroups(key.fingerprint)}

Compare it with the fingerprint that the publisher has announced elsewhere. To see that of the key here:

    curl -fsSL ${url}/${SOURCE_FILES.key} | gpg --show-keys

## Debian and Ubuntu

\`\`\`sh
${aptCommands(url)}\`\`\`

\`apt-get upgrade\` installs new versions. To remove the program and the repository:

\`\`\`sh
sudo apt-get purge -y ${PRODUCT.name}
sudo rm /etc/apt/sources.list.d/${SOURCE_FILES.apt} ${KEY_ON_DEBIAN}
\`\`\`

## Fedora, Red Hat Enterprise Linux, Amazon Linux 2023 and similar systems

\`\`\`sh
${dnfCommands(url)}\`\`\`

\`dnf\` shows the fingerprint, and asks whether you trust the key. \`dnf upgrade\` installs new versions. To remove the program
and the repository:

\`\`\`sh
sudo dnf remove ${PRODUCT.name}
sudo rm /etc/yum.repos.d/${SOURCE_FILES.dnf}
\`\`\`

With \`-y\` (\`--assumeyes\`), dnf does not ask: it trusts whatever key the server has. In scripts, first run these commands
after that which writes \`${SOURCE_FILES.dnf}\`, and compare the fingerprint. Then dnf accepts only this key, and not that of a
false server:

\`\`\`sh
${dnfKeyCommands(url)}\`\`\`
`;
}
