import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { browserCommand, openBrowser } from '../../../src/cli/prompt/open-browser.ts';
import { makeFifo } from '../../support/fifo.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const SSH = { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' };

describe('the browser', () => {
  for (const [what, platform, env, command] of [
    ['is what BROWSER names first', 'linux', { BROWSER: 'firefox:lynx', ...SSH }, ['firefox']],
    ['is the one of the desktop', 'linux', { DISPLAY: ':0' }, ['xdg-open']],
    ['is the one of the desktop, with Wayland', 'linux', { WAYLAND_DISPLAY: 'w' }, ['xdg-open']],
    ['is none without a desktop', 'linux', { DISPLAY: '' }, undefined],
    ['is none of this machine over ssh', 'linux', { DISPLAY: 'localhost:10', ...SSH }, undefined],
    ['is the one of macOS', 'darwin', {}, ['open']],
    ['is none of a Mac over ssh', 'darwin', SSH, undefined],
    ['is the one of Windows', 'win32', {}, ['rundll32', 'url.dll,FileProtocolHandler']],
    ['has a path with a colon on Windows', 'win32', { BROWSER: 'C:\\b.exe' }, ['C:\\b.exe']],
  ] as const) {
    it(what, () => {
      assert.deepEqual(browserCommand(platform, env), command);
    });
  }

  it('is found on absolute parts of PATH only, and sees no response of a session', async (t) => {
    const fifo = makeFifo(t);
    const scripts = {
      near: 'echo near',
      far: 'echo "$1 ${AWS_SSM_START_SESSION_RESPONSE_1-none}"',
    };
    const directories = Object.entries(scripts).map(([name, script]) => {
      const directory = temporaryDirectory(t);
      writeFileSync(join(directory, 'browse'), `#!/bin/sh\n${script} > ${fifo}\n`, { mode: 0o755 });
      return name === 'near' ? relative(process.cwd(), directory) : directory;
    });
    const env = { PATH: directories.join(':'), AWS_SSM_START_SESSION_RESPONSE_1: 'token' };
    openBrowser(['browse'], 'https://example.org/', 'linux', env);
    assert.equal(await readFile(fifo, 'utf8'), 'https://example.org/ none\n');
  });

  it('opens pages of the web, and nothing else that a service may name', async (t) => {
    const fifo = makeFifo(t);
    const directory = temporaryDirectory(t);
    const script = `#!/bin/sh\necho "$1" > ${fifo}\n`;
    writeFileSync(join(directory, 'browse'), script, { mode: 0o755 });
    const open = (url: string): void => {
      openBrowser(['browse'], url, 'linux', { PATH: directory });
    };
    const seen: string[] = [];
    for (const url of ['file:///etc/passwd', '--profile=/tmp', 'calc.exe']) {
      open(url);
      open('https://example.org/');
      seen.push(await readFile(fifo, 'utf8'));
    }
    assert.deepEqual(new Set(seen), new Set(['https://example.org/\n']));
  });
});
