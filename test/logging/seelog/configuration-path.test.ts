import assert from 'node:assert/strict';
import { it } from 'node:test';

import { configurationPath } from '../../../src/logging/seelog/configuration-path.ts';

it('on Linux and macOS the file is in the directory of installation', () => {
  for (const platform of ['linux', 'darwin'] as const) {
    assert.equal(
      configurationPath({ env: {}, platform }),
      '/usr/local/sessionmanagerplugin/seelog.xml',
    );
  }
});

it('on Windows the file is below the directory for programs', () => {
  const expected = 'D:\\Programs\\Amazon\\SessionManagerPlugin\\seelog.xml';
  const platform = 'win32';
  assert.equal(configurationPath({ env: { PROGRAMFILES: 'D:\\Programs' }, platform }), expected);
  assert.equal(configurationPath({ env: { ProgramFiles: 'D:\\Programs' }, platform }), expected);
  assert.equal(
    configurationPath({ env: {}, platform }),
    'C:\\Program Files\\Amazon\\SessionManagerPlugin\\seelog.xml',
  );
});

it('a package that is installed elsewhere has its file there', () => {
  assert.equal(
    configurationPath({ env: {}, platform: 'linux', installDirectory: '/opt/plugin' }),
    '/opt/plugin/seelog.xml',
  );
  assert.equal(
    configurationPath({ env: {}, platform: 'win32', installDirectory: 'D:\\plugin' }),
    'D:\\plugin\\seelog.xml',
  );
});

it('SSM_PLUGIN_LOG_CONFIG names another file; empty, it names none', () => {
  const options = { platform: 'linux', installDirectory: '/opt/plugin' } as const;
  assert.equal(
    configurationPath({ ...options, env: { SSM_PLUGIN_LOG_CONFIG: '/home/ann/log.xml' } }),
    '/home/ann/log.xml',
  );
  assert.equal(
    configurationPath({ ...options, env: { SSM_PLUGIN_LOG_CONFIG: '' } }),
    '/opt/plugin/seelog.xml',
  );
});
