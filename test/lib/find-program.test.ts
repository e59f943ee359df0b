import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { environmentForPrograms, findCommand, findProgram } from '../../src/lib/find-program.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

describe('a program that is started by its name', () => {
  it('is the first executable file in an absolute part of PATH', (t) => {
    const directory = temporaryDirectory(t);
    const [first, second, third] = ['1', '2', '3'].map((name) => join(directory, name));
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    mkdirSync(join(first, 'aws'), { recursive: true });
    for (const place of [second, third]) {
      mkdirSync(place);
      writeFileSync(join(place, 'aws'), '', { mode: 0o755 });
    }
    writeFileSync(join(second, 'ps'), '', { mode: 0o644 });
    const env = { PATH: `${first}:${second}:${third}` };
    assert.equal(findProgram('aws', env, 'linux'), join(second, 'aws'));
    assert.equal(findProgram('ps', env, 'linux'), undefined);
    assert.equal(findProgram('aws', {}, 'linux'), undefined);
  });

  it('is never one in the current directory, even if PATH names it', (t) => {
    const directory = temporaryDirectory(t);
    writeFileSync(join(directory, 'aws'), '', { mode: 0o755 });
    const here = relative(process.cwd(), directory);
    for (const PATH of ['', '.', ':', here, `:${here}:`, `./${here}`]) {
      assert.equal(findProgram('aws', { PATH }, 'linux'), undefined, PATH);
    }
    assert.equal(findProgram('aws', { PATH: `.:${directory}` }, 'linux'), join(directory, 'aws'));
  });

  it('is not searched when it is named by a path', () => {
    for (const path of ['./aws', 'bin/aws', '/usr/bin/aws']) {
      assert.equal(findCommand(path, {}, 'linux'), path);
    }
    assert.equal(findCommand(String.raw`tools\aws.cmd`, {}, 'win32'), String.raw`tools\aws.cmd`);
    assert.equal(findCommand('aws', { PATH: '.' }, 'linux'), undefined);
    // Without backslashes in paths, this is the name of a file on PATH.
    assert.equal(findCommand(String.raw`tools\aws`, {}, 'linux'), undefined);
  });

  it('has an extension of executables on Windows, and PATH may be written in any case', () => {
    // Windows paths do not exist here: nothing is found, and nothing is thrown.
    assert.equal(findProgram('aws', { Path: 'C:\\Windows;.;aws' }, 'win32'), undefined);
  });

  it('gets the environment of the user without the response of a session', () => {
    const env = { HOME: '/home/jane', AWS_SSM_START_SESSION_RESPONSE_1a2b: '{"TokenValue":"x"}' };
    assert.deepEqual(environmentForPrograms(env), { HOME: '/home/jane' });
  });
});
