import { appendFileSync, existsSync, globSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { makeRepositories } from '../../../../packaging/repositories/repositories.ts';
import { serve } from '../../../network/local-server.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import type { TestKey } from '../../support/gpg-key.ts';

/** Repositories on a web server of this machine. */
export interface PublishedRepositories {
  readonly url: string;
  /** What is published now. */
  directory(): string;
  /** Publishes repositories with these packages and those that are already published. */
  publish(packages: readonly string[], key: TestKey): void;
  /** Publishes other repositories in their place, as only an intruder does. */
  replace(packages: readonly string[], key: TestKey): void;
  /** Appends a byte to published files. @param pattern - of paths below the directory */
  damage(pattern: string): void;
  /** Paths that were fetched. */
  readonly fetched: string[];
}

/** A time for the first index, in seconds since the epoch; each index is a day newer. */
const FIRST_INDEX = 1_700_000_000;
const DAY_IN_SECONDS = 24 * 60 * 60;

/** Starts a web server, which ends with the test. */
export async function publishedRepositories(t: TestContext): Promise<PublishedRepositories> {
  const work = temporaryDirectory(t);
  const fetched: string[] = [];
  const releases: string[] = [];
  const directory = (): string => releases.at(-1) ?? '';
  const port = await serve(t, (request, response) => {
    const path = new URL(request.url ?? '', 'http://localhost').pathname;
    const file = join(directory(), path);
    if (!existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    fetched.push(path);
    response.end(readFileSync(file));
  });
  const url = `http://127.0.0.1:${port}`;
  const make = (packages: readonly string[], key: TestKey, published: string): void => {
    const release = join(mkdtempSync(join(work, 'release-')), 'repositories');
    const sourceDateEpoch = FIRST_INDEX + releases.length * DAY_IN_SECONDS;
    const begin = (): void => undefined;
    const request = { url, packages, published, key: key.signing, sourceDateEpoch, begin };
    makeRepositories({ ...request, directory: release });
    releases.push(release);
  };
  return {
    url,
    directory,
    fetched,
    publish: (packages, key) => make(packages, key, directory()),
    replace: (packages, key) => make(packages, key, ''),
    damage(pattern) {
      const files = globSync(pattern, { cwd: directory() });
      if (files.length === 0) throw new Error(`no published file is ${pattern}`);
      for (const file of files) appendFileSync(join(directory(), file), '\n');
    },
  };
}
