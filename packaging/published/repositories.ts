import { join } from 'node:path';
import { makeRepositories, repositorySettings } from '../repositories/repositories.ts';
import type { Publication } from './publication.ts';

/** Beside the directories of the versions, because repositories contain several. */
const REPOSITORIES = 'repositories';
/** The packages that apt and dnf install. */
const PACKAGE = /\.(?:deb|rpm)$/;

/**
 * Publishes repositories for apt and dnf, with the packages of this release and of earlier ones. They have signed lists of
 * their own, so `SHA256SUMS` does not list them.
 *
 * @param plugin - the directory that is published
 * @param begin - is notified of each step
 * @throws BuildError, ToolError as {@link makeRepositories}
 */
export function publishRepositories(
  publication: Publication,
  plugin: string,
  begin: (step: string) => void,
): void {
  const { release, directory, env, listed } = publication;
  const settings = repositorySettings(env);
  const packages = listed.filter(({ path }) => PACKAGE.test(path));
  if (settings === undefined || packages.length === 0) return;
  makeRepositories({
    ...settings,
    directory: join(plugin, REPOSITORIES),
    url: `${release.publisher.downloads}/${REPOSITORIES}`,
    packages: packages.map(({ path }) => join(directory, path)),
    sourceDateEpoch: release.sourceDateEpoch,
    begin,
  });
}
