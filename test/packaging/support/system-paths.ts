/**
 * Where a package of Linux installs the manual page and the completion scripts, by its format, and after
 * them what only this format has.
 */
export const SYSTEM_PATHS = {
  deb: [
    ...systemPaths('/usr/share/zsh/vendor-completions'),
    '/usr/share/doc/session-manager-plugin/changelog.Debian.gz',
    '/usr/share/doc/session-manager-plugin/copyright',
    '/usr/share/lintian/overrides/session-manager-plugin',
  ],
  rpm: systemPaths('/usr/share/zsh/site-functions'),
} as const;

function systemPaths(zsh: string): readonly string[] {
  return [
    '/usr/share/bash-completion/completions/session-manager-plugin',
    '/usr/share/fish/vendor_completions.d/session-manager-plugin.fish',
    '/usr/share/man/man1/session-manager-plugin.1.gz',
    `${zsh}/_session-manager-plugin`,
  ];
}

/** The directories above absolute paths, without the root. */
export function parentsOf(paths: readonly string[]): readonly string[] {
  const parents = paths.flatMap((path) => {
    const names = path.split('/').slice(1, -1);
    return names.map((_, i) => `/${names.slice(0, i + 1).join('/')}`);
  });
  return [...new Set(parents)].sort();
}
