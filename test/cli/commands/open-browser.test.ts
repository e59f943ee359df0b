import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { browserCommand } from '../../../src/cli/commands/open-browser.ts';

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
});
