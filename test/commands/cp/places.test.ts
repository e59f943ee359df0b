import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isContainerWithoutPath, parsePlace, shownPlace } from '../../../src/commands/cp/places.ts';
import {
  directoryOf,
  endsWithSlash,
  joinPath,
  lastName,
  shownPath,
} from '../../../src/commands/cp/paths.ts';

/** A place as text: `TARGET | PATH`, or the path of this machine. */
function read(argument: string, platform: NodeJS.Platform = 'linux'): string {
  const place = parsePlace(Buffer.from(argument), platform);
  switch (place.kind) {
    case 'stream':
      return 'stream';
    case 'local':
      return place.path.toString();
    case 'remote':
      return `${place.target} | ${place.path.toString()}`;
  }
}

describe('SOURCE and DESTINATION of cp', () => {
  it('name a target up to the first colon', () => {
    assert.equal(read('web:/var/log/syslog'), 'web | /var/log/syslog');
    assert.equal(read('i-0123456789abcdef0:notes.txt'), 'i-0123456789abcdef0 | notes.txt');
    assert.equal(read('10.0.0.7:a:b'), '10.0.0.7 | a:b');
    assert.equal(read('web:'), 'web | ');
    assert.equal(read('web:-'), 'web | -');
  });

  it('keep the colons in the names of containers', () => {
    assert.equal(read('ecs:main_0a1b_0a1b-1:/tmp/x:y'), 'ecs:main_0a1b_0a1b-1 | /tmp/x:y');
    assert.equal(read('ecs://main/web/app:/tmp/x'), 'ecs://main/web/app | /tmp/x');
    assert.equal(read('ecs://main/web/0a1b:app:/tmp/x:y'), 'ecs://main/web/0a1b:app | /tmp/x:y');
    assert.equal(read('ecs://main:app:'), 'ecs://main:app | ');
    assert.equal(read('ecs://main/web:notes.txt'), 'ecs://main/web | notes.txt');
    assert.equal(read('ecs://main/web:/a:b'), 'ecs://main/web | /a:b');
  });

  it('need a path after the name of a container', () => {
    const isWithoutPath = (text: string): boolean =>
      isContainerWithoutPath(parsePlace(Buffer.from(text), 'linux'));
    assert.ok(isWithoutPath('ecs:main_0a1b_0a1b-1'));
    assert.ok(isWithoutPath('ecs://main/web'));
    assert.ok(!isWithoutPath('ecs:main_0a1b_0a1b-1:'));
    assert.ok(!isWithoutPath('ecs'));
  });

  it('are paths of this machine without a colon, and with a slash before it', () => {
    for (const path of ['notes.txt', './a:b', '../a:b', '/tmp/a:b', 'dir/a:b', '~/x', '']) {
      assert.equal(read(path), path);
    }
  });

  it('are paths of this machine with a drive', () => {
    assert.equal(read('C:\\Users\\me'), 'C:\\Users\\me');
    assert.equal(read('c:/users'), 'c:/users');
    assert.equal(read('c:notes.txt', 'win32'), 'c:notes.txt');
    assert.equal(read('c:notes.txt'), 'c | notes.txt');
  });

  it('have slashes in place of backslashes on Windows', () => {
    assert.equal(read('C:\\Users\\me', 'win32'), 'C:/Users/me');
    assert.equal(read('dir\\a:b', 'win32'), 'dir/a:b');
    assert.equal(read('\\\\server\\share\\a', 'win32'), '//server/share/a');
  });

  it('are stdin or stdout as -', () => {
    assert.equal(read('-'), 'stream');
    assert.equal(read('./-'), './-');
  });

  it('keep each byte of a path', () => {
    const place = parsePlace(Buffer.from('web:caf\xe9', 'latin1'), 'linux');
    assert.ok(place.kind === 'remote');
    assert.deepEqual(place.path, Buffer.from('caf\xe9', 'latin1'));
    assert.equal(shownPlace(place), 'web:caf\\xe9');
  });
});

describe('paths in bytes', () => {
  it('end with a name, or with none', () => {
    const name = (path: string): string | undefined => lastName(Buffer.from(path))?.toString();
    assert.equal(name('/var/log/'), 'log');
    assert.equal(name('log'), 'log');
    assert.equal(name('/a/-rf'), '-rf');
    for (const path of ['', '/', '.', '..', '/a/..', './']) assert.equal(name(path), undefined);
  });

  it('have a directory', () => {
    const directory = (path: string): string => directoryOf(Buffer.from(path)).toString();
    assert.equal(directory('/var/log/'), '/var');
    assert.equal(directory('/var'), '/');
    assert.equal(directory('a/b'), 'a');
    assert.equal(directory('a'), '.');
  });

  it('are joined by one slash', () => {
    const join = (a: string, b: string): string =>
      joinPath(Buffer.from(a), Buffer.from(b)).toString();
    assert.equal(join('/a', 'b'), '/a/b');
    assert.equal(join('/', 'b'), '/b');
    assert.equal(join('', 'b'), 'b');
    assert.ok(endsWithSlash(Buffer.from('a/')));
    assert.ok(!endsWithSlash(Buffer.from('')));
  });

  it('are shown with the numbers of bytes that are not UTF-8', () => {
    assert.equal(shownPath(Buffer.from('Zürich')), 'Zürich');
    assert.equal(shownPath(Buffer.from('a\xe9b', 'latin1')), 'a\\xe9b');
  });
});
