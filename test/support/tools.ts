import { type Tool } from '../../build/tool.ts';

// Programs that tests run and a minimal Debian lacks, or may lack, with the packages that bring them.
// `.ci/run` installs these packages.

export const APT_FTPARCHIVE: Tool = { program: 'apt-ftparchive', debianPackage: 'apt-utils' };
export const ARCH_TEST: Tool = { program: 'arch-test', debianPackage: 'arch-test' };
export const AWS: Tool = { program: 'aws', debianPackage: 'awscli' };
export const BASH: Tool = { program: 'bash', debianPackage: 'bash' };
export const BSDTAR: Tool = { program: 'bsdtar', debianPackage: 'libarchive-tools' };
export const BUSYBOX: Tool = { program: 'busybox', debianPackage: 'busybox' };
export const CREATEREPO: Tool = { program: 'createrepo_c', debianPackage: 'createrepo-c' };
export const CURL: Tool = { program: 'curl', debianPackage: 'curl' };
export const DASH: Tool = { program: 'dash', debianPackage: 'dash' };
export const DNF: Tool = { program: 'dnf', debianPackage: 'dnf' };
export const ELFDEPS: Tool = { program: '/usr/lib/rpm/elfdeps', debianPackage: 'rpm' };
export const FILE: Tool = { program: 'file', debianPackage: 'file' };
export const FISH: Tool = { program: 'fish', debianPackage: 'fish' };
export const GIT: Tool = { program: 'git', debianPackage: 'git' };
export const GPG: Tool = { program: 'gpg', debianPackage: 'gnupg' };
export const GPGCONF: Tool = { program: 'gpgconf', debianPackage: 'gnupg' };
export const GPGV: Tool = { program: 'gpgv', debianPackage: 'gpgv' };
export const GZIP: Tool = { program: 'gzip', debianPackage: 'gzip' };
export const GROFF: Tool = { program: 'groff', debianPackage: 'groff-base' };
export const JQ: Tool = { program: 'jq', debianPackage: 'jq' };
export const LESS: Tool = { program: 'less', debianPackage: 'less' };
export const LINTIAN: Tool = { program: 'lintian', debianPackage: 'lintian' };
export const MARIADB: Tool = { program: 'mariadb', debianPackage: 'mariadb-client' };
export const MARIADBD: Tool = { program: '/usr/sbin/mariadbd', debianPackage: 'mariadb-server' };
export const MINISIGN: Tool = { program: 'minisign', debianPackage: 'minisign' };
export const OBJDUMP: Tool = { program: 'llvm-objdump', debianPackage: 'llvm' };
export const MMDEBSTRAP: Tool = { program: 'mmdebstrap', debianPackage: 'mmdebstrap' };
export const NETCAT: Tool = { program: 'nc.openbsd', debianPackage: 'netcat-openbsd' };
/** The directory of the schemas of container images is a part of this package. */
export const OCI_SCHEMAS: Tool = {
  program: '/usr/share/gocode/src/github.com/opencontainers/image-spec/schema',
  debianPackage: 'golang-github-opencontainers-image-spec-dev',
};
export const OPENSSL: Tool = { program: 'openssl', debianPackage: 'openssl' };
export const OSSLSIGNCODE: Tool = { program: 'osslsigncode', debianPackage: 'osslsigncode' };
export const PS: Tool = { program: 'ps', debianPackage: 'procps' };
export const PSQL: Tool = { program: 'psql', debianPackage: 'postgresql-client' };
export const PYTHON: Tool = { program: 'python3', debianPackage: 'python3' };
export const QEMU_ARM64: Tool = {
  program: 'qemu-aarch64-static',
  debianPackage: 'qemu-user-static',
};
export const READELF: Tool = { program: 'readelf', debianPackage: 'binutils' };
export const REDIS_CLI: Tool = { program: 'redis-cli', debianPackage: 'redis-tools' };
export const REDIS_SERVER: Tool = { program: 'redis-server', debianPackage: 'redis-server' };
export const RPM: Tool = { program: 'rpm', debianPackage: 'rpm' };
export const RPMBUILD: Tool = { program: 'rpmbuild', debianPackage: 'rpm' };
export const RPMLINT: Tool = { program: 'rpmlint', debianPackage: 'rpmlint' };
export const RSYNC: Tool = { program: 'rsync', debianPackage: 'rsync' };
export const RUBY: Tool = { program: 'ruby', debianPackage: 'ruby' };
export const SEVEN_ZIP: Tool = { program: '7z', debianPackage: 'p7zip-full' };
export const SHASUM: Tool = { program: 'shasum', debianPackage: 'perl' };
export const SHELLCHECK: Tool = { program: 'shellcheck', debianPackage: 'shellcheck' };
export const SKOPEO: Tool = { program: 'skopeo', debianPackage: 'skopeo' };
export const SSH: Tool = { program: 'ssh', debianPackage: 'openssh-client' };
export const SSHD: Tool = { program: '/usr/sbin/sshd', debianPackage: 'openssh-server' };
export const STRACE: Tool = { program: 'strace', debianPackage: 'strace' };
export const SUDO: Tool = { program: 'sudo', debianPackage: 'sudo' };
export const SYSTEMD_ANALYZE: Tool = { program: 'systemd-analyze', debianPackage: 'systemd' };
export const TINYPROXY: Tool = { program: 'tinyproxy', debianPackage: 'tinyproxy' };
export const UMOCI: Tool = { program: 'umoci', debianPackage: 'umoci' };
export const UNZIP: Tool = { program: 'unzip', debianPackage: 'unzip' };
export const VIM: Tool = { program: 'vim', debianPackage: 'vim' };
export const WGET: Tool = { program: 'wget', debianPackage: 'wget' };
export const XDOTOOL: Tool = { program: 'xdotool', debianPackage: 'xdotool' };
export const XVFB: Tool = { program: 'Xvfb', debianPackage: 'xvfb' };
export const ZSH: Tool = { program: 'zsh', debianPackage: 'zsh' };
