import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { BUILD_RECORD } from '../../../build/bundle/build-record.ts';
import { readLoadCommands } from '../../../build/mach-o/load-commands.ts';
import { verifyMachO } from '../../../build/mach-o/verify.ts';
import { runTool } from '../../../build/tool.ts';
import { readBuildFacts } from '../../../src/cli/about/build-facts.ts';
import { VERSION } from '../../support/product.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { packagePath } from '../support/made-targets.ts';
import { requirePackages } from '../support/packages.ts';
import { runInstall } from './support/bundle-install.ts';
import { readBom } from './support/read-bom.ts';
import { readXar } from './support/read-xar.ts';
import { requireTools } from '../../support/require-tools.ts';
import { BSDTAR, UNZIP } from '../../support/tools.ts';

const DOWNLOADS = [
  { directory: 'mac', architecture: 'x86_64' },
  { directory: 'mac_arm64', architecture: 'arm64' },
] as const;

/** Everything in a directory with its mode and, of files, its content. */
function snapshot(directory: string): Map<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(
    names.map((name) => {
      const path = join(directory, name);
      const stat = statSync(path);
      const mode = (stat.mode & 0o777).toString(8);
      return [name, stat.isFile() ? `${mode} ${readFileSync(path, 'base64')}` : mode];
    }),
  );
}

for (const { directory, architecture } of DOWNLOADS) {
  describe(`the downloads in ${directory}`, () => {
    it('the bundle and the flat package install the same, and its program is one for this Mac', (t) => {
      if (
        !requireTools(t, BSDTAR, UNZIP) ||
        !requirePackages(t, `${directory}/session-manager-plugin.pkg`)
      )
        return;
      const work = temporaryDirectory(t);
      runTool(UNZIP, ['-q', packagePath(`${directory}/sessionmanager-bundle.zip`), '-d', work]);
      // The template of the log is not compared: it names the directory of each installation.
      const installed = join(work, 'installed');
      const link = join(work, 'bin', 'session-manager-plugin');
      const script = join(work, 'sessionmanager-bundle', 'install');
      const run = runInstall(script, ['-i', installed, '-b', link]);
      assert.equal(run.status, 0, run.stderr);

      const flat = packagePath(`${directory}/session-manager-plugin.pkg`);
      runTool(BSDTAR, ['-xf', flat, '-C', work]);
      const payload = join(work, 'payload');
      mkdirSync(payload);
      runTool(BSDTAR, ['-xpf', join(work, 'base.pkg', 'Payload'), '-C', payload]);

      const byBundle = snapshot(installed);
      const byPackage = snapshot(payload);
      const template = 'seelog.xml.template';
      assert.equal(byBundle.delete(template), true);
      assert.equal(byPackage.delete(template), true);
      // So is the record, which names the download.
      for (const [found, install] of [
        [installed, 'macos-bundle'],
        [payload, 'macos-pkg'],
      ] as const) {
        assert.equal(readBuildFacts(found)?.install, install);
      }
      for (const files of [byBundle, byPackage]) assert.equal(files.delete(BUILD_RECORD), true);
      assert.deepEqual([...byBundle.keys()], [...byPackage.keys()]);
      for (const [name, content] of byBundle) assert.ok(byPackage.get(name) === content, name);

      assert.equal(readFileSync(join(payload, 'VERSION'), 'utf8'), `${VERSION}\n`);
      const program = readFileSync(join(payload, 'bin', 'session-manager-plugin'));
      assert.equal(readLoadCommands(program).architecture, architecture);
      assert.equal(verifyMachO(program).identifier, 'session-manager-plugin');
    });

    it('the template of the flat package logs below the directory it is installed in', (t) => {
      if (
        !requireTools(t, BSDTAR) ||
        !requirePackages(t, `${directory}/session-manager-plugin.pkg`)
      )
        return;
      const { files } = readXar(
        readFileSync(packagePath(`${directory}/session-manager-plugin.pkg`)),
      );
      const payload = files.get('base.pkg/Payload') ?? '';
      const template = runTool(BSDTAR, ['-xOf', '-', './seelog.xml.template'], { input: payload });
      assert.match(template.toString('utf8'), /"\/usr\/local\/sessionmanagerplugin\/logs\//);
    });

    it('the Bom of the flat package has the checksum that cksum computes of the program', (t) => {
      if (
        !requireTools(t, BSDTAR) ||
        !requirePackages(t, `${directory}/session-manager-plugin.pkg`)
      )
        return;
      const { files } = readXar(
        readFileSync(packagePath(`${directory}/session-manager-plugin.pkg`)),
      );
      const path = './bin/session-manager-plugin';
      const payload = files.get('base.pkg/Payload') ?? '';
      const input = runTool(BSDTAR, ['-xOf', '-', path], { input: payload });
      const cksum = runTool({ program: 'cksum', debianPackage: 'coreutils' }, [], { input });
      const { paths } = readBom(files.get('base.pkg/Bom') ?? Buffer.alloc(0));
      const entry = paths.find((candidate) => candidate.path === path);
      assert.equal(`${entry?.checksum ?? ''} ${entry?.size ?? ''}`, cksum.toString('utf8').trim());
    });
  });
}
