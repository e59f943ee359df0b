import assert from 'node:assert/strict';
import { before, describe, it, type TestContext } from 'node:test';
import { NOT_LOOPBACK } from '../network/local-server.ts';
import { startTinyproxy, type RunningProxy } from '../network/tinyproxy.ts';
import { startPiped } from '../program/support/piped-program.ts';
import type { Environment } from '../program/support/program.ts';
import { suiteScope } from '../support/cleanup-scope.ts';
import { privateTarget, startShell, talkThroughCut } from './support/private-target.ts';
import { needs } from '../support/require-tools.ts';
import { OPENSSL, TINYPROXY } from '../support/tools.ts';

const USER = { name: 'user', password: 'pass.word-1' };

describe('the program behind a proxy', needs(OPENSSL, TINYPROXY), () => {
  const suite = suiteScope();
  const target = privateTarget();
  let open: RunningProxy;
  let guarded: RunningProxy;
  before(async () => {
    open = await startTinyproxy(suite);
    guarded = await startTinyproxy(suite, USER);
  });

  /** What a proxy is asked for while the program talks through all its connections. */
  const requestsDuring = async (
    t: TestContext,
    proxy: RunningProxy,
    env: Environment,
  ): Promise<readonly string[]> => {
    const before = proxy.requests.length;
    await talkThroughCut(t, target(), { AWS_CA_BUNDLE: target().authority.file, ...env });
    return proxy.requests.slice(before);
  };
  const tunnels = (count: number): readonly string[] =>
    Array.from({ length: count }, () => `CONNECT ${target().hostAndPort}`);

  it('goes through it with the session and with the calls to AWS', async (t) => {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${open.port}` };
    assert.deepEqual(await requestsDuring(t, open, env), tunnels(3));
  });

  it('sends its name and password to a proxy that asks', async (t) => {
    const env = { https_proxy: `http://${USER.name}:${USER.password}@127.0.0.1:${guarded.port}` };
    assert.deepEqual(await requestsDuring(t, guarded, env), tunnels(3));
  });

  it('passes it by for hosts of NO_PROXY', async (t) => {
    const env = {
      ALL_PROXY: `http://127.0.0.1:${open.port}`,
      NO_PROXY: `10.0.0.0/8,${NOT_LOOPBACK}`,
    };
    assert.deepEqual(await requestsDuring(t, open, env), []);
  });

  it('reports why it does not get through, without the password', async (t) => {
    const { args, session } = await startShell(target());
    const program = startPiped(t, args, {
      env: {
        AWS_CA_BUNDLE: target().authority.file,
        HTTPS_PROXY: `http://${USER.name}:wrong-password@127.0.0.1:${guarded.port}`,
      },
    });
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.match(program.stdout.text, /\nCannot perform start session: [^\n]*proxy[^\n]*\n$/);
    assert.doesNotMatch(program.stdout.text + program.stderr.text, /wrong-password/);
    assert.equal(session.record.connections.length, 0);
  });
});
