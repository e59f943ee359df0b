import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { expandHome, sharedFilePaths } from '../../../src/aws/shared-files/file-paths.ts';

const HOME = '/home/jane';

function configFile(path: string, env: Readonly<Record<string, string>> = {}): string {
  return sharedFilePaths({ HOME, AWS_CONFIG_FILE: path, ...env }, false).config;
}

function windowsConfigFile(path: string): string {
  const env = { USERPROFILE: 'C:\\Users\\jane', HOME: 'C:\\msys\\jane', AWS_CONFIG_FILE: path };
  return sharedFilePaths(env, true).config;
}

describe('the paths of the shared files', () => {
  it('are in the home directory unless variables name others', () => {
    const own = { config: join(HOME, '.aws/config'), credentials: join(HOME, '.aws/credentials') };
    assert.deepEqual(sharedFilePaths({ HOME }, false), own);
    const elsewhere = { HOME, AWS_SHARED_CREDENTIALS_FILE: '/etc/keys' };
    assert.deepEqual(sharedFilePaths(elsewhere, false), { ...own, credentials: '/etc/keys' });
  });

  it('have variables and ~ replaced', () => {
    assert.equal(configFile('$HOME/c'), '/home/jane/c');
    assert.equal(configFile('${HOME}/c'), '/home/jane/c');
    assert.equal(configFile('~/c'), '/home/jane/c');
    assert.equal(configFile('$START/c', { START: '~' }), '/home/jane/c');
    assert.equal(configFile('$NOWHERE/~/c$'), '$NOWHERE/~/c$');
    assert.equal(configFile('~other/c'), '~other/c');
    assert.equal(configFile('%HOME%/c'), '%HOME%/c');
  });

  it('are by USERPROFILE on Windows, with its variables', () => {
    assert.equal(windowsConfigFile('%USERPROFILE%\\c'), 'C:\\Users\\jane\\c');
    assert.equal(windowsConfigFile('$USERPROFILE\\c'), 'C:\\Users\\jane\\c');
    assert.equal(windowsConfigFile('~\\c'), 'C:\\Users\\jane\\c');
    assert.equal(expandHome('~', { HOMEDRIVE: 'D:', HOMEPATH: '\\jane' }, true), 'D:\\jane');
  });
});
