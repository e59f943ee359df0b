import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TARGET_NAMES } from '../../../build/targets.ts';
import { DOWNLOADS, downloadsOf } from '../../../packaging/downloads.ts';
import { testGuide } from '../support/guide.ts';
import { codeSpans, readDocument, ROOT, sectionOf } from '../support/markdown.ts';

const GUIDE = 'docs/install.md';
const INSTALLER = 'packaging/macos/install';
/** What the program prints as the help of `completion`. */
const HELP = 'test/screens/help/completion.txt';
const DOWNLOAD = /(?:ubuntu|linux|mac|windows)\w*\/[\w-]+\.\w+/g;
const ARCHIVE = /session-manager-plugin-VERSION-[a-z]+-[a-z\d]+(?:-static)?\.(?:tar\.gz|zip)/g;
/** What AWS documents for its own plugin, and scripts therefore contain. */
const DOCUMENTED = [
  'sudo yum erase session-manager-plugin -y',
  'sudo dpkg -r session-manager-plugin',
  'sudo ./sessionmanager-bundle/install -i /usr/local/sessionmanagerplugin -b /usr/local/bin/session-manager-plugin',
  'sudo /usr/local/bin/python3.6 sessionmanager-bundle/install',
  './sessionmanager-bundle/install -h',
  'sudo rm -rf /usr/local/sessionmanagerplugin\nsudo rm /usr/local/bin/session-manager-plugin',
  'session-manager-plugin.pkg -target /\nsudo ln -s /usr/local/sessionmanagerplugin/bin/session-manager-plugin /usr/local/bin/session-manager-plugin',
  '%PROGRAMFILES%\\Amazon\\SessionManagerPlugin',
  'The Session Manager plugin is installed successfully. Use the AWS CLI to start a session.',
];

testGuide(GUIDE, {
  elsewhere: [
    // test/packaging/ installs the downloads in systems of their own.
    'macOS with the bundled installer',
    'macOS with the package',
    'Any system with Node.js',
    // test/packaging/archive/published.test.ts, test/packaging/static/
    'Plain archives',
    // test/packaging/installers/published.test.ts
    'Without root',
    // test/bin/launcher.test.ts
    'From a clone',
  ],
});

describe('the install guide', () => {
  const guide = readDocument(GUIDE);
  const text = readFileSync(join(ROOT, GUIDE), 'utf8');
  const paths = Object.values(DOWNLOADS).flatMap((all) => all.map(({ path }) => path));

  it('lists every download, and no other', () => {
    const listed = sectionOf(guide, 'All downloads').prose.flatMap(
      (line) => codeSpans(line).join(' ').match(DOWNLOAD) ?? [],
    );
    assert.deepEqual(listed.sort(), [...paths].sort());
    for (const [path] of text.matchAll(DOWNLOAD)) assert.ok(paths.includes(path), path);
  });

  it('lists every plain archive, and no other', () => {
    const release = { version: 'VERSION', compression: 'small' } as const;
    const archives = TARGET_NAMES.flatMap((name) => downloadsOf(name, release))
      .filter(({ install }) => install === 'archive')
      .map(({ path }) => path);
    const listed = sectionOf(guide, 'All downloads').prose.flatMap(
      (line) => line.match(ARCHIVE) ?? [],
    );
    assert.equal(archives.length, 8);
    assert.deepEqual(listed.sort(), archives.sort());
  });

  for (const documented of DOCUMENTED) {
    it(`has ${documented.replace('\n', '; ')}`, () => assert.ok(text.includes(documented)));
  }

  it('has the line for PowerShell that the help has', () => {
    const help = readFileSync(join(ROOT, HELP), 'utf8');
    // A narrow terminal shows it in several lines.
    const [, shown = ''] = /^PowerShell, in \$PROFILE:\n((?:.* `\n)*.*)$/m.exec(help) ?? [];
    const lines = shown.split('\n').map((part) => part.trim().replace(/ `$/, ''));
    const line = lines.join(' ');
    assert.ok(line !== '' && text.includes(`\`${line}\``), line);
  });

  it('has the options of the bundled installer, with their defaults', () => {
    const script = readFileSync(join(ROOT, INSTALLER), 'utf8');
    const options = script.match(/(?<=-[ib] [A-Z]+, )--[\w-]+/g) ?? [];
    assert.equal(options.length, 2);
    for (const option of options) assert.ok(text.includes(`\`${option}\``), option);
    for (const [, value = ''] of script.matchAll(/^default_\w+=(.*)$/gm)) {
      assert.ok(text.includes(`\`${value}\``), value);
    }
  });
});
