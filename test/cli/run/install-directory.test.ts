import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { installDirectory } from '../../../src/cli/run/install-directory.ts';

describe('the directory of installation', () => {
  it('is the one above bin, wherever that is', () => {
    const paths = {
      '/usr/local/sessionmanagerplugin/bin/session-manager-plugin':
        '/usr/local/sessionmanagerplugin',
      '/opt/with a space/bin/session-manager-plugin': '/opt/with a space',
    };
    for (const [executable, directory] of Object.entries(paths)) {
      assert.equal(installDirectory(executable, 'linux'), directory);
      assert.equal(installDirectory(executable, 'darwin'), directory);
    }
  });

  it('is found on Windows in whatever case the path is written, and keeps that', () => {
    assert.equal(
      installDirectory(
        'C:\\Users\\Ann\\AppData\\Local\\Amazon\\SessionManagerPlugin\\Bin\\Session-Manager-Plugin.EXE',
        'win32',
      ),
      'C:\\Users\\Ann\\AppData\\Local\\Amazon\\SessionManagerPlugin',
    );
  });

  it('is unknown when another program runs it, or it is in any other directory', () => {
    for (const executable of [
      '/usr/bin/node',
      '/opt/node/bin/node',
      '/home/ann/Downloads/session-manager-plugin',
      '/opt/bin/session-manager-plugin.old/node',
      '/opt/BIN/session-manager-plugin',
    ]) {
      assert.equal(installDirectory(executable, 'linux'), undefined, executable);
    }
  });
});
