import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { sha256OfFile } from '../../../build/runtime/sha256-of-file.mjs';
import { imagePath } from '../../../packaging/published/image.ts';
import { runCommandPiped, startCommandPiped } from '../../program/support/piped-program.ts';
import { startSession } from '../../program/support/target.ts';
import { VERSION } from '../../support/product.ts';
import { requireTools, type Condition } from '../../support/require-tools.ts';
import { ARCH_TEST, BSDTAR, OCI_SCHEMAS, SKOPEO, UMOCI } from '../../support/tools.ts';
import { enablePrograms } from '../support/emulation.ts';
import { requireInputsChanged } from '../support/inputs-changed.ts';
import { packagePath, requireTargets } from '../support/made-targets.ts';
import { unpackLayout, validDocuments } from './support/image-layout.ts';
import { unpackImage } from './support/runtime-bundle.ts';

const FILE = imagePath(VERSION);
const PLATFORMS = [
  ['amd64', 'linux-x64-static'],
  ['arm64', 'linux-arm64-static'],
] as const;

const AS_ROOT: Condition = {
  obstacle: process.getuid?.() === 0 ? undefined : 'only root can start a container',
};

function isPublished(t: TestContext): boolean {
  if (!requireInputsChanged(t, 'image')) return false;
  return requireTargets(t, ...PLATFORMS.map(([, target]) => target));
}

/**
 * The command of a container, as a container engine starts it: as the user of the image, in its directory and environment, as the
 * first process of its own namespace, with only its files. The network is this one's.
 */
function container(
  t: TestContext,
  architecture: 'amd64' | 'arm64',
): {
  readonly inside: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly args: readonly string[];
} {
  enablePrograms(architecture);
  const { root, process } = unpackImage(t, packagePath(FILE), architecture);
  mkdirSync(join(root, 'proc'));
  const inside = [
    ...['/usr/bin/unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
    ...[`--root=${root}`, `--wd=${process.cwd}`],
    ...[`--setgid=${process.user.gid}`, `--setuid=${process.user.uid}`],
  ];
  const env = process.env.map((entry): readonly [string, string] => {
    const [name = ''] = entry.split('=', 1);
    return [name, entry.slice(name.length + 1)];
  });
  return { inside, env: Object.fromEntries(env), args: process.args };
}

describe('the published container image', () => {
  it('has valid documents, and the published archives as its first layers', (t) => {
    if (!requireTools(t, BSDTAR, OCI_SCHEMAS) || !isPublished(t)) return;
    const manifests = validDocuments(unpackLayout(t, packagePath(FILE)));
    for (const [architecture, target] of PLATFORMS) {
      const archive = `session-manager-plugin-${VERSION}-${target}.tar.gz`;
      const [program] = manifests.get(architecture)?.layers ?? [];
      assert.equal(program?.digest, `sha256:${sha256OfFile(packagePath(archive))}`);
    }
  });

  for (const [architecture, target] of PLATFORMS) {
    it(`runs on ${architecture}, without any system: version, and a session`, async (t) => {
      if (!requireTools(t, SKOPEO, UMOCI, ARCH_TEST, AS_ROOT) || !isPublished(t)) return;
      const { inside, env, args } = container(t, architecture);
      const version = await runCommandPiped(t, [...args, '--version', '--verbose'], {
        through: inside,
        env,
      });
      assert.match(
        version.stdout,
        new RegExp(`^target +${target}\\ninstall +container image$`, 'm'),
      );
      const session = await startSession(t);
      const program = startCommandPiped(t, [...args, ...session.args], { through: inside, env });
      program.stdin.end('echo $((6 * 7))\n');
      assert.deepEqual(await program.end(), { status: 0, signal: null });
      assert.match(program.stdout.text, /^42\r$/m);
      assert.equal(program.stderr.text, '');
    });
  }
});
