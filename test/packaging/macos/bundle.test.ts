import assert from 'node:assert/strict';
import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { BuildError } from '../../../build/runtime/build-error.mjs';
import { runTool } from '../../../build/tool.ts';
import { buildBundle } from '../../../packaging/macos/bundle.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { RELEASE } from './support/bundle-install.ts';
import { makeInstalledTree } from './support/installed-tree.ts';
import { requireTools } from '../../support/require-tools.ts';
import { UNZIP } from '../../support/tools.ts';

async function build(t: TestContext, timeZone: string, time: number): Promise<Buffer> {
  const before = process.env['TZ'];
  process.env['TZ'] = timeZone;
  t.after(() => {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  });
  const directory = temporaryDirectory(t);
  const tree = makeInstalledTree(join(directory, 'tree'));
  utimesSync(join(tree, 'VERSION'), time, time);
  const output = join(directory, 'bundle.zip');
  await buildBundle(RELEASE, { tree, output });
  return readFileSync(output);
}

it('bundle: the same tree gives the same bytes, in any time zone', async (t) => {
  const one = await build(t, 'Asia/Kathmandu', 1_000_000_000);
  const other = await build(t, 'America/St_Johns', 1_700_000_000);
  assert.deepEqual(one, other);
});

it('bundle: unzip finds every file, with its mode and the time of the release', async (t) => {
  if (!requireTools(t, UNZIP)) return;
  const directory = temporaryDirectory(t);
  const tree = makeInstalledTree(join(directory, 'tree'));
  const output = join(directory, 'bundle.zip');
  await buildBundle(RELEASE, { tree, output });
  runTool(UNZIP, ['-tqq', output]);
  const listing = runTool(UNZIP, ['-Z', '-lT', output], { env: { TZ: 'UTC' } }).toString('utf8');
  const entries = Array.from(
    listing.matchAll(/^([-d]\S+) .* (\d{8}\.\d{6}) (\S+)$/gm),
    ([, mode, time, name]) => `${mode ?? ''} ${time ?? ''} ${name ?? ''}`,
  );
  const time = '20260202.024001';
  assert.deepEqual(entries, [
    `drwxr-xr-x ${time} sessionmanager-bundle/`,
    `-rwxr-xr-x ${time} sessionmanager-bundle/install`,
    `-rw-r--r-- ${time} sessionmanager-bundle/copy-shared-files.sh`,
    `-rw-r--r-- ${time} sessionmanager-bundle/LICENSE`,
    `-rw-r--r-- ${time} sessionmanager-bundle/NOTICE`,
    `-rw-r--r-- ${time} sessionmanager-bundle/README.md`,
    `-rw-r--r-- ${time} sessionmanager-bundle/RELEASENOTES.md`,
    `-rw-r--r-- ${time} sessionmanager-bundle/THIRD-PARTY`,
    `-rw-r--r-- ${time} sessionmanager-bundle/VERSION`,
    `drwxr-xr-x ${time} sessionmanager-bundle/bin/`,
    `-rwxr-xr-x ${time} sessionmanager-bundle/bin/session-manager-plugin`,
    `-rw-r--r-- ${time} sessionmanager-bundle/seelog.xml.template`,
    `drwxr-xr-x ${time} sessionmanager-bundle/share/`,
    `drwxr-xr-x ${time} sessionmanager-bundle/share/completions/`,
    `-rw-r--r-- ${time} sessionmanager-bundle/share/completions/_session-manager-plugin`,
    `-rw-r--r-- ${time} sessionmanager-bundle/share/completions/session-manager-plugin.bash`,
    `-rw-r--r-- ${time} sessionmanager-bundle/share/completions/session-manager-plugin.fish`,
    `drwxr-xr-x ${time} sessionmanager-bundle/share/man/`,
    `drwxr-xr-x ${time} sessionmanager-bundle/share/man/man1/`,
    `-rw-r--r-- ${time} sessionmanager-bundle/share/man/man1/session-manager-plugin.1`,
  ]);
});

it('bundle: "small" is smaller than "fast"', async (t) => {
  const directory = temporaryDirectory(t);
  const program = Buffer.from(
    Array.from({ length: 20_000 }, (_, line) => `line ${line}\n`).join(''),
  );
  const tree = makeInstalledTree(join(directory, 'tree'), { program });
  const sizes = [];
  for (const compression of ['fast', 'small'] as const) {
    const output = join(directory, compression);
    await buildBundle({ ...RELEASE, compression }, { tree, output });
    sizes.push(readFileSync(output).length);
  }
  const [fast = 0, small = 0] = sizes;
  assert.ok(small < fast, `${small} < ${fast}`);
});

it('bundle: something that is neither directory nor file is an error that names it', async (t) => {
  const directory = temporaryDirectory(t);
  const tree = makeInstalledTree(join(directory, 'tree'));
  const pipe = join(tree, 'pipe');
  runTool({ program: 'mkfifo', debianPackage: 'coreutils' }, [pipe]);
  await assert.rejects(
    () => buildBundle(RELEASE, { tree, output: join(directory, 'bundle.zip') }),
    (error) => error instanceof BuildError && error.message.startsWith(pipe),
  );
});
