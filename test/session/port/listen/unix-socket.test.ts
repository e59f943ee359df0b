import assert from 'node:assert/strict';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createPortSession } from '../../../../src/session/port/port-session.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { collect, createTestHost, until } from '../support/local-programs.ts';
import { createMemoryLink } from '../support/memory-link.ts';
import { AGENTS, startListening } from '../support/start-listening.ts';
import { callerTexts } from '../support/caller-texts.ts';

const TIMEOUT = { timeout: 60_000 };

describe('listening on a unix socket', TIMEOUT, () => {
  const properties = (path: string): Record<string, string> => ({
    localConnectionType: 'unix',
    localUnixSocket: path,
  });

  for (const [kind, agent] of Object.entries(AGENTS)) {
    it(`is for the owner only, works, and removes its file (${kind})`, async (t) => {
      const path = join(temporaryDirectory(t), 'x.sock');
      const { link, close } = await startListening(t, properties(path), {}, agent);
      assert.equal(
        link.printed,
        `Unix socket ${path} opened for sessionId session-1.\nWaiting for connections...\n`,
      );
      assert.equal(statSync(path).mode & 0o777, 0o600);
      const program = connect(path);
      const received = collect(program);
      await until(() => link.printed.includes('Connection accepted'));
      close();
      await until(() => received.closed);
      assert.equal(existsSync(path), false);
    });
  }

  it('does not change the permissions of other files', async (t) => {
    const masks: number[] = [];
    const umask = (mask: number): number => {
      masks.push(mask);
      return process.umask(mask);
    };
    await startListening(t, properties(join(temporaryDirectory(t), 'x.sock')), { umask });
    const [narrow, before] = masks;
    assert.equal(narrow, 0o177);
    assert.ok(before !== undefined && masks.length === 2);
    // Setting it once more returns the current one.
    assert.equal(process.umask(before), before);
  });

  it('is refused when the path exists, and does not change the file', async (t) => {
    const path = join(temporaryDirectory(t), 'taken');
    writeFileSync(path, 'precious');
    const { link, close } = await startListening(t, properties(path));
    const reason = `listen unix ${path}: bind: address already in use`;
    assert.deepEqual(callerTexts(link), [reason]);
    close();
    assert.equal(existsSync(path), true);
  });

  it('is refused when the directory does not exist', async (t) => {
    const path = join(temporaryDirectory(t), 'none', 'x.sock');
    const { link } = await startListening(t, properties(path));
    const [end] = link.ends;
    assert.ok(end?.kind === 'cannot-start');
    assert.match(
      end.failure.callerText ?? '',
      /^listen unix .*x\.sock: bind: (no such file|permission denied)/,
    );
  });

  it('is refused when the path is longer than the system allows', async (t) => {
    for (const [platform, limit] of [
      ['linux', 107],
      ['darwin', 103],
    ] as const) {
      const path = '/'.padEnd(limit + 1, 'x');
      const { link } = await startListening(t, properties(path), { platform });
      const reason = `listen unix ${path}: bind: invalid argument (the path has ${limit + 1} bytes, the system allows ${limit})`;
      assert.deepEqual(callerTexts(link), [reason]);
    }
  });

  it('is refused on Windows, where the runtime has named pipes instead', async (t) => {
    const path = String.raw`C:\Users\me\x.sock`;
    const { link } = await startListening(t, properties(path), { platform: 'win32' });
    const reason = String.raw`listen unix ${path}: bind: not supported on Windows: name a pipe, such as \\.\pipe\NAME`;
    assert.deepEqual(callerTexts(link), [reason]);
  });

  it('accepts the longest path the system allows', async (t) => {
    const directory = temporaryDirectory(t);
    const path = join(directory, 'x'.repeat(103 - directory.length - 1));
    const { link } = await startListening(t, properties(path), { platform: 'darwin' });
    assert.deepEqual(link.ends, []);
    assert.equal(statSync(path).isSocket(), true);
  });
});

describe('closing while opening', TIMEOUT, () => {
  it('leaves no listener and no file', (t) => {
    const path = join(temporaryDirectory(t), 'x.sock');
    const link = createMemoryLink();
    const properties = {
      type: 'LocalPortForwarding',
      localConnectionType: 'unix',
      localUnixSocket: path,
    };
    const session = createPortSession(properties, '3.3.0.0', link, createTestHost());
    session.start();
    session.close();
    assert.equal(existsSync(path), false);
    assert.equal(link.printed, '');
  });
});
