import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { build } from 'esbuild';
import { bundledPackages, type BundledContent } from '../../../build/bundle/bundled-packages.ts';
import {
  NPM_ARCHIVES,
  PackageContentError,
  verifyBundledPackages,
} from '../../../build/bundle/verify-packages.ts';
import { readBundledPackages } from '../../../build/materials.ts';
import { ROOT } from '../../../build/runtime/setup.mjs';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** A project that bundles `ws` as it is installed here, after a change. */
async function bundledWs(
  t: TestContext,
  change: (directory: string) => void,
): Promise<readonly BundledContent[]> {
  const root = temporaryDirectory(t);
  const ws = join(root, 'node_modules', 'ws');
  cpSync(join(ROOT, 'node_modules', 'ws'), ws, { recursive: true });
  cpSync(join(ROOT, 'package-lock.json'), join(root, 'package-lock.json'));
  writeFileSync(join(root, 'main.js'), "import 'ws';");
  change(ws);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['main.js'],
    bundle: true,
    metafile: true,
    platform: 'node',
    write: false,
    external: ['bufferutil', 'utf-8-validate'],
  });
  return bundledPackages(root, [metafile]);
}

describe('the packages in the bundle', () => {
  it('are those that package-lock.json pins, each with the files that were read', () => {
    const packages = readBundledPackages();
    verifyBundledPackages(packages, NPM_ARCHIVES);
    const files = packages.find(({ name }) => name === 'ws')?.files ?? {};
    for (const file of ['LICENSE', 'package.json', 'lib/websocket.js']) assert.ok(files[file]);
  });

  for (const file of ['lib/websocket.js', 'package.json', 'LICENSE']) {
    it(`are refused when one byte of ${file} was added`, async (t) => {
      verifyBundledPackages(await bundledWs(t, () => undefined), NPM_ARCHIVES);
      const changed = await bundledWs(t, (ws) => appendFileSync(join(ws, file), '\n'));
      assert.throws(() => verifyBundledPackages(changed, NPM_ARCHIVES), {
        name: 'PackageContentError',
        message: new RegExp(
          `^${file} of ws@\\d+\\.\\d+\\.\\d+ is not the file that package-lock.json pins\\nRun "npm ci"`,
        ),
      });
    });
  }

  it('can be the same package in two places, of which each is compared', async (t) => {
    const archives = temporaryDirectory(t);
    const [ws] = await bundledWs(t, () => undefined);
    assert.ok(ws !== undefined);
    verifyBundledPackages([ws, ws], archives);
    const changed = { ...ws, files: { ...ws.files, LICENSE: '00' } };
    assert.throws(() => verifyBundledPackages([ws, changed], archives), {
      name: 'PackageContentError',
      message: /^LICENSE of ws@\S+ is not the file that package-lock\.json pins\nRun "npm ci"/,
    });
    const [kept = ''] = readdirSync(archives);
    appendFileSync(join(archives, kept), ' ');
    assert.throws(() => verifyBundledPackages([ws, ws], archives), PackageContentError);
  });

  it('are refused when the package has no such file', async (t) => {
    const added = await bundledWs(t, (ws) => {
      writeFileSync(join(ws, 'lib', 'added.js'), '');
      appendFileSync(join(ws, 'lib', 'websocket.js'), "require('./added.js');");
    });
    assert.throws(
      () => verifyBundledPackages(added, NPM_ARCHIVES),
      /^PackageContentError: lib\/added\.js of ws@/,
    );
  });

  it('are refused when npm has another archive of that version', async (t) => {
    const other = `sha512-${createHash('sha512').update('another').digest('base64')}`;
    const packages = (await bundledWs(t, () => undefined)).map((each) => ({
      ...each,
      integrity: other,
    }));
    assert.throws(
      () => verifyBundledPackages(packages, temporaryDirectory(t)),
      /^PackageContentError: ws@.*: npm does not provide the archive that package-lock\.json pins \(sha512-/,
    );
    assert.throws(
      () =>
        verifyBundledPackages(
          packages.map((each) => ({ ...each, integrity: 'sha1-AA' })),
          NPM_ARCHIVES,
        ),
      /^PackageContentError: ws@.*: package-lock\.json has no SHA-512 of it$/,
    );
  });

  it('are refused when a kept archive has changed, which is removed', async (t) => {
    const archives = temporaryDirectory(t);
    const packages = await bundledWs(t, () => undefined);
    verifyBundledPackages(packages, archives);
    const [kept = ''] = readdirSync(archives);
    const content = readFileSync(join(archives, kept));
    appendFileSync(join(archives, kept), ' ');
    assert.throws(() => verifyBundledPackages(packages, archives), PackageContentError);
    verifyBundledPackages(packages, archives);
    assert.deepEqual(readFileSync(join(archives, kept)), content);
    assert.deepEqual(readdirSync(archives), [kept]);
  });
});
