import assert from 'node:assert/strict';
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { runTool } from '../../../build/tool.ts';
import { buildArchive } from '../../../packaging/archive/archive.ts';
import { TAR } from '../../../packaging/archive/tar-file.ts';
import { buildImage } from '../../../packaging/image/image.ts';
import { imagePath } from '../../../packaging/published/image.ts';
import type { Release } from '../../../packaging/release.ts';
import { spawnSync } from '../../support/child-process.ts';
import { needs, type Condition } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { readDocument, sectionOf } from '../../docs/support/markdown.ts';
import { BSDTAR, DASH, OCI_SCHEMAS, SKOPEO, UMOCI } from '../../support/tools.ts';
import { becomeOtherUser } from '../support/other-user.ts';
import { smallRelease } from '../support/small-release.ts';
import { smallTree } from '../support/small-tree.ts';
import { unpackLayout, validDocuments, type ImageDocument } from './support/image-layout.ts';
import { unpackImage } from './support/runtime-bundle.ts';

const VERSION = '1.3.0.0';
const RELEASE: Release = { ...smallRelease(VERSION), commit: 'c0ffee' };
const PLATFORMS = [
  ['amd64', 'linux-x64'],
  ['arm64', 'linux-arm64'],
] as const;
const USER = 65_532;

const AS_ROOT: Condition = {
  obstacle: process.getuid?.() === 0 ? undefined : 'only root can unpack files of other users',
};

/** The configuration of an image, as far as tests read it. */
interface Configuration {
  readonly architecture: string;
  readonly config: { readonly Labels: Readonly<Record<string, string>> };
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

/** The name of the archive for a target, and of the directory in it. */
function nameOf(target: string): string {
  return `session-manager-plugin-${VERSION}-${target}`;
}

/** Makes an image of two small archives, which are beside it. @returns its path */
async function smallImage(t: TestContext): Promise<{ file: string; directory: string }> {
  const directory = temporaryDirectory(t);
  const platforms = [];
  for (const [architecture, target] of PLATFORMS) {
    const tree = smallTree(t, `${VERSION} for ${architecture}`);
    const archive = join(directory, `${nameOf(target)}.tar.gz`);
    await buildArchive(RELEASE, { tree, output: archive });
    platforms.push({ architecture, target, archive });
  }
  const file = join(directory, 'image.tar');
  await buildImage(RELEASE, platforms, file);
  return { file, directory };
}

function sha256(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** The entries of a tar file in their order: mode and owner by path. */
function entriesOf(file: string): ReadonlyMap<string, string> {
  const list = ['--list', '--verbose', '--numeric-owner', '--file', file];
  const { stdout } = spawnSync('tar', list, { encoding: 'utf8' });
  const lines = stdout.matchAll(/^(\S+) (\S+) +\S+ \S+ \S+ (\S+)/gm);
  return new Map(
    [...lines].map(([, mode = '', owner = '', path = '']) => [path, `${mode} ${owner}`]),
  );
}

describe('the container image', needs(TAR, BSDTAR, OCI_SCHEMAS), () => {
  it('is a layout with valid documents, whose digests and sizes are right, for two processors', async (t) => {
    const { file } = await smallImage(t);
    const layout = unpackLayout(t, file);
    assert.deepEqual([...validDocuments(layout).keys()], ['amd64', 'arm64']);
    const index = JSON.parse(
      readFileSync(join(layout.directory, 'index.json'), 'utf8'),
    ) as ImageDocument;
    assert.deepEqual(
      index.manifests?.map(({ annotations }) => annotations),
      [
        {
          'org.opencontainers.image.ref.name': `localhost/session-manager-plugin:${VERSION}`,
          'io.containerd.image.name': `localhost/session-manager-plugin:${VERSION}`,
        },
      ],
    );
  });

  it('has the plain archive as its first layer, byte for byte', async (t) => {
    const { file, directory } = await smallImage(t);
    const layout = unpackLayout(t, file);
    const manifests = validDocuments(layout);
    for (const [architecture, target] of PLATFORMS) {
      const { config, layers = [] } = manifests.get(architecture) ?? {};
      assert.ok(config !== undefined);
      const contents = layers.map((layer) => layout.blob(layer));
      const archive = readFileSync(join(directory, `${nameOf(target)}.tar.gz`));
      assert.ok(contents[0]?.equals(archive));
      const configuration = JSON.parse(layout.blob(config).toString('utf8')) as Configuration;
      assert.equal(configuration.architecture, architecture);
      assert.deepEqual(
        configuration.rootfs.diff_ids,
        contents.map((content) => sha256(gunzipSync(content))),
      );
      assert.equal(configuration.config.Labels['org.opencontainers.image.version'], VERSION);
      assert.equal(configuration.config.Labels['org.opencontainers.image.revision'], 'c0ffee');
    }
  });

  it(
    'has layers whose digests the command of the install guide prints',
    needs(SKOPEO),
    async (t) => {
      const { file, directory } = await smallImage(t);
      mkdirSync(join(directory, 'latest'));
      renameSync(file, join(directory, 'latest', imagePath(VERSION)));
      const command = sectionOf(readDocument('docs/install.md'), 'Container image')
        .blocks.map(({ text }) => text)
        .find((text) => text.startsWith('skopeo inspect '));
      assert.ok(command !== undefined);
      for (const [architecture, target] of PLATFORMS) {
        const archive = readFileSync(join(directory, `${nameOf(target)}.tar.gz`));
        const chosen = command.replace('inspect ', `inspect --override-arch ${architecture} `);
        const script = `version=${VERSION}\n${chosen}`;
        const printed = runTool(DASH, ['-ec', script], { cwd: directory });
        assert.equal(printed.toString(), `${sha256(archive)}\n`);
      }
    },
  );

  it('has an entry for each directory, before what is in it, so that no engine chooses its owner and mode', async (t) => {
    const { file } = await smallImage(t);
    const layout = unpackLayout(t, file);
    for (const { layers = [] } of validDocuments(layout).values()) {
      const above = layers.at(-1);
      assert.ok(above !== undefined);
      const tar = join(temporaryDirectory(t), 'layer.tar');
      writeFileSync(tar, gunzipSync(layout.blob(above)));
      const entries = entriesOf(tar);
      assert.equal(entries.get('home/'), 'drwxr-xr-x 0/0');
      assert.equal(entries.get('home/nonroot/'), `drwxr-xr-x ${USER}/${USER}`);
      const seen = new Set(['./']);
      for (const path of entries.keys()) {
        assert.ok(seen.has(`${dirname(path)}/`), `${path} has no directory before it`);
        seen.add(path);
      }
    }
  });

  it('is the same for the same archives, whatever umask and time zone are', async (t) => {
    const first = await smallImage(t);
    becomeOtherUser(t);
    const second = await smallImage(t);
    assert.ok(readFileSync(second.file).equals(readFileSync(first.file)));
    assert.deepEqual(readdirSync(second.directory).sort(), readdirSync(first.directory).sort());
  });

  it(
    'is unpacked to the program, a user without rights, and directories that it can write',
    {
      ...needs(SKOPEO, UMOCI, AS_ROOT),
    },
    async (t) => {
      const { file } = await smallImage(t);
      for (const [architecture, target] of PLATFORMS) {
        const { root, process } = unpackImage(t, file, architecture);
        const top = nameOf(target);
        assert.deepEqual(readdirSync(root).sort(), ['etc', 'home', top, 'tmp', 'usr'].sort());
        assert.deepEqual(process.args, ['/usr/local/bin/session-manager-plugin']);
        const link = readlinkSync(join(root, 'usr/local/bin/session-manager-plugin'));
        assert.equal(
          readFileSync(join(root, 'usr/local/bin', link), 'utf8'),
          `#!/bin/sh\necho ${VERSION} for ${architecture}\n`,
        );
        const { install, target: recorded } = JSON.parse(
          readFileSync(join(root, top, 'build.json'), 'utf8'),
        ) as { readonly install: string; readonly target: string };
        assert.deepEqual({ install, recorded }, { install: 'image', recorded: target });
        assert.deepEqual(process.user, { uid: USER, gid: USER });
        assert.equal(process.cwd, '/home/nonroot');
        assert.ok(process.env.includes('HOME=/home/nonroot'));
        const facts = (path: string): string => {
          const { uid, gid, mode } = lstatSync(join(root, path));
          return `${uid} ${gid} ${(mode & 0o7777).toString(8)}`;
        };
        assert.equal(facts('home/nonroot'), `${USER} ${USER} 755`);
        assert.equal(facts('tmp'), '0 0 1777');
        for (const path of ['etc', 'home', 'usr/local/bin', top])
          assert.equal(facts(path), '0 0 755');
        assert.match(
          readFileSync(join(root, 'etc/passwd'), 'utf8'),
          new RegExp(`^nonroot:x:${USER}:${USER}:nonroot:/home/nonroot:`, 'm'),
        );
      }
    },
  );
});
