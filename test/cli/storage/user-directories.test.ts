import assert from 'node:assert/strict';
import { it } from 'node:test';
import { cacheDirectory, configDirectory } from '../../../src/cli/storage/user-directories.ts';

const HOME = { HOME: '/home/me', USERPROFILE: '/home/me' };
const NAME = 'session-manager-plugin';

it('the configuration of a user is where the system keeps it', () => {
  assert.equal(configDirectory(HOME, 'linux'), `/home/me/.config/${NAME}`);
  assert.equal(configDirectory(HOME, 'darwin'), `/home/me/.config/${NAME}`);
  assert.equal(configDirectory({ ...HOME, XDG_CONFIG_HOME: '/x' }, 'linux'), `/x/${NAME}`);
  assert.equal(
    configDirectory({ ...HOME, XDG_CONFIG_HOME: 'x' }, 'linux'),
    `/home/me/.config/${NAME}`,
  );
  assert.equal(configDirectory({ APPDATA: '/r' }, 'win32'), `/r/${NAME}`);
  assert.equal(
    configDirectory({ ...HOME, APPDATA: '' }, 'win32'),
    `/home/me/AppData/Roaming/${NAME}`,
  );
});

it('the cache of a user is where the system keeps it', () => {
  assert.equal(cacheDirectory(HOME, 'linux'), `/home/me/.cache/${NAME}`);
  assert.equal(cacheDirectory({ ...HOME, XDG_CACHE_HOME: '/c' }, 'linux'), `/c/${NAME}`);
  assert.equal(
    cacheDirectory({ ...HOME, XDG_CACHE_HOME: 'c' }, 'linux'),
    `/home/me/.cache/${NAME}`,
  );
  assert.equal(cacheDirectory(HOME, 'darwin'), `/home/me/Library/Caches/${NAME}`);
  assert.equal(cacheDirectory({ LOCALAPPDATA: '/l' }, 'win32'), `/l/${NAME}`);
  assert.equal(
    cacheDirectory({ ...HOME, LOCALAPPDATA: '' }, 'win32'),
    `/home/me/AppData/Local/${NAME}`,
  );
});
