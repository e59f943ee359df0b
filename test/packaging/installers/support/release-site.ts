import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ServerResponse } from 'node:http';
import { buildArchive } from '../../../../packaging/archive/archive.ts';
import {
  installScript,
  POSIX_SCRIPT,
  type SigningKey,
} from '../../../../packaging/installers/install-scripts.ts';
import { createAuthority } from '../../../network/certificate-authority.ts';
import { serve } from '../../../network/local-server.ts';
import type { CleanupScope } from '../../../support/cleanup-scope.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { smallRelease } from '../../support/small-release.ts';
import { smallTree } from '../../support/small-tree.ts';

/** The targets whose archives install.sh chooses from on Linux. */
export const LINUX_TARGETS = ['linux-x64', 'linux-arm64', 'linux-x64-static', 'linux-arm64-static'];

/** A site that publishes releases, over HTTPS. */
export interface ReleaseSite {
  /** URL of the directory with the versions. */
  readonly downloads: string;
  /** The certificate of the authority that a client has to trust, as a file in PEM. */
  readonly authority: string;
  /** Contents by paths, such as `1.3.0.0/SHA256SUMS`. Tests change them. */
  readonly files: Map<string, Buffer>;
  /** Files of which the site sends only the first half before it closes the connection. */
  readonly cut: Set<string>;
  /** Paths that were requested, in their order. */
  readonly requests: string[];
}

/**
 * Starts a site without a release, until the test ends.
 *
 * @param host - a name that the site has besides `localhost`
 */
export async function startReleaseSite(
  scope: CleanupScope,
  host = 'localhost',
): Promise<ReleaseSite> {
  const authority = createAuthority(temporaryDirectory(scope), 'release site');
  const certificate = authority.issue(['DNS:localhost', `DNS:${host}`]);
  const files = new Map<string, Buffer>();
  const cut = new Set<string>();
  const requests: string[] = [];
  const port = await serve(
    scope,
    ({ url = '' }, response) => {
      const path = url.replace('/plugin/', '');
      requests.push(path);
      send(response, files.get(path), cut.has(path));
    },
    certificate,
  );
  return {
    downloads: `https://localhost:${port}/plugin`,
    authority: authority.file,
    files,
    cut,
    requests,
  };
}

function send(response: ServerResponse, content: Buffer | undefined, isCut: boolean): void {
  if (content === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-length': content.length });
  if (isCut) {
    response.write(content.subarray(0, content.length / 2), () => response.destroy());
  } else {
    response.end(content);
  }
}

/** The name of an archive without its ending. */
export function archiveName(version: string, target: string): string {
  return `session-manager-plugin-${version}-${target}`;
}

/**
 * Publishes archives of small trees on a site, with the list of their digests.
 *
 * @param targets - the targets of the archives; their programs are scripts that print the version
 * @param change - changes a tree before its archive is made
 */
export async function publishVersion(
  scope: CleanupScope,
  { files }: ReleaseSite,
  version: string,
  targets: readonly string[],
  change: (tree: string, target: string) => void = () => undefined,
): Promise<void> {
  let list = '';
  for (const target of targets) {
    const tree = smallTree(scope, version);
    change(tree, target);
    const output = join(temporaryDirectory(scope), `${archiveName(version, target)}.tar.gz`);
    await buildArchive(smallRelease(version), { tree, output });
    const content = readFileSync(output);
    files.set(`${version}/${basename(output)}`, content);
    list += `${sha256(content)}  ${basename(output)}\n`;
  }
  files.set(`${version}/SHA256SUMS`, Buffer.from(list));
}

/** The install script that a release of this version has on this site. */
export function scriptOf(
  site: ReleaseSite,
  version: string,
  key?: SigningKey,
  minisignKey?: string,
): string {
  const list = site.files.get(`${version}/SHA256SUMS`)?.toString() ?? '';
  return installScript(POSIX_SCRIPT, {
    version,
    downloads: site.downloads,
    files: [...list.matchAll(/^([\da-f]{64}) {2}(.+)$/gm)].map(([, digest = '', path = '']) => ({
      path,
      sha256: digest,
    })),
    key,
    minisignKey,
  });
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
