import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { needs } from '../../../support/require-tools.ts';
import { CURL } from '../../../support/tools.ts';
import { startChanged, without } from '../../support/changed-program.ts';
import { startNamedHttp, startProxy } from './support/proxied.ts';

describe('a session of the proxy that fails', { timeout: 240_000 }, () => {
  it(
    'by an error of the program answers its clients, and leaves the others to the proxy',
    needs(CURL),
    async (t) => {
      const { curl, program, target } = await startProxy(
        t,
        { 'one.internal': await startNamedHttp(t, 'one') },
        { start: ({ env }, args) => startChanged(t, without('session.cjs'), args, env) },
      );
      const message =
        'The file session.cjs of session-manager-plugin is missing. Install the program again.\n';
      for (const host of ['one.internal', 'two.internal']) {
        const { stdout } = await curl('--proxy', '--write-out', '%{http_code}', `http://${host}/`);
        assert.equal(stdout, `${message}502`);
      }
      assert.match((await curl('--socks5-hostname', 'http://one.internal/')).stderr, /\(1\)/);
      assert.equal(
        program.stderr.text.replace(/^Auto-configuration.*\n/, ''),
        ['one', 'two', 'one']
          .map((name) => `session-manager-plugin: ${name}.internal:80: ${message}`)
          .join(''),
      );
      for (const session of target.aws.sessions) await session.closed;
      program.kill('SIGINT');
      assert.deepEqual(await program.end(), { status: 0, signal: null });
    },
  );
});
