import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { needs } from '../../../support/require-tools.ts';
import { CURL } from '../../../support/tools.ts';
import { closedPort } from '../../port/support/target-service.ts';
import { startHttp, startNamedHttp, startProxy } from './support/proxied.ts';

const SOCKS_OPTIONS = ['--socks4a', '--socks5-hostname'];
const SOCKS_ADDRESS_OPTIONS = ['--socks4', '--socks5'];

describe('proxy', { timeout: 240_000 }, () => {
  it(
    'serves clients of each protocol on one port, and one session for each destination',
    needs(CURL),
    async (t) => {
      const hosts = {
        'one.internal': await startNamedHttp(t, 'one'),
        'two.internal': await startNamedHttp(t, 'two'),
      };
      const { curl, target, program } = await startProxy(t, hosts);
      for (const option of [...SOCKS_OPTIONS, '--proxy']) {
        for (const name of ['one', 'two']) {
          const { status, stdout, stderr } = await curl(
            option,
            `http://${name}.internal:8080/path?a=b`,
          );
          assert.deepEqual(
            { status, stdout, stderr },
            { status: 0, stdout: `${name} ${name}.internal:8080 /path?a=b\n`, stderr: '' },
          );
        }
      }
      const tunnelled = await curl('--proxy', '--proxytunnel', 'http://one.internal:8080/');
      assert.equal(tunnelled.stdout, 'one one.internal:8080 /\n');
      assert.deepEqual(
        target.aws.sessions.map(({ request: { DocumentName, Parameters } }) => [
          DocumentName,
          Parameters?.['host'],
          Parameters?.['portNumber'],
        ]),
        ['one', 'two'].map((name) => [
          'AWS-StartPortForwardingSessionToRemoteHost',
          [`${name}.internal`],
          ['8080'],
        ]),
      );
      program.kill('SIGINT');
      assert.deepEqual(await program.end(), { status: 0, signal: null });
      for (const session of target.aws.sessions) await session.closed;
    },
  );

  it('serves clients of SOCKS that name an address', needs(CURL), async (t) => {
    const hosts = {
      '10.1.2.3': await startNamedHttp(t, 'ten'),
      'fd00::5': await startNamedHttp(t, 'v6'),
    };
    const { curl } = await startProxy(t, hosts);
    for (const option of SOCKS_ADDRESS_OPTIONS) {
      assert.equal((await curl(option, 'http://10.1.2.3/')).stdout, 'ten 10.1.2.3 /\n');
    }
    for (const option of ['--socks5', '--proxy']) {
      assert.equal((await curl(option, 'http://[fd00::5]/')).stdout, 'v6 [fd00::5] /\n');
    }
  });

  it(
    'replies to each protocol that a destination cannot be reached, and later connects to it',
    needs(CURL),
    async (t) => {
      const closed = await closedPort(t);
      const { curl, program } = await startProxy(t, { 'down.internal': closed });
      const url = 'http://down.internal:8080/';
      const page = await curl('--proxy', url);
      assert.equal(
        page.stdout,
        'i-0123456789abcdef0 cannot connect to down.internal:8080. ' +
          'Check the name and the port, and that the network allows this connection.\n',
      );
      const code = ['--output', '/dev/null', '--write-out', '%{http_code} %{http_connect}'];
      assert.equal((await curl('--proxy', ...code, url)).stdout, '502 000');
      assert.equal((await curl('--proxy', '--proxytunnel', ...code, url)).stdout, '000 502');
      assert.match((await curl('--socks5-hostname', url)).stderr, /\(4\)/);
      assert.match((await curl('--socks4a', url)).stderr, /91/);
      // A name that does not exist ends the session (docs/design/agent.md#destinations).
      const unknown = 'http://no-such-host.invalid/';
      assert.equal((await curl('--proxy', ...code, unknown)).stdout, '502 000');
      assert.match((await curl('--socks5-hostname', unknown)).stderr, /\(4\)/);
      assert.match(
        program.stderr.text,
        /down\.internal:8080: i-0123456789abcdef0 cannot connect to it\n/,
      );
    },
  );

  it('refuses what the rules, or the agent, do not allow', needs(CURL), async (t) => {
    const hosts = { 'one.internal': await startNamedHttp(t, 'one') };
    const { curl, target } = await startProxy(t, hosts, {
      args: ['--allow', '*.internal', '--allow', '169.254.*', '--deny', 'secret.*:80-90'],
    });
    const code = ['--output', '/dev/null', '--write-out', '%{http_code} %{http_connect}'];
    for (const url of ['http://example.com/', 'http://secret.internal:85/', 'http://localhost/']) {
      assert.equal((await curl('--proxy', ...code, url)).stdout, '403 000');
      assert.equal((await curl('--proxy', '--proxytunnel', ...code, url)).stdout, '000 403');
      assert.match((await curl('--socks5-hostname', url)).stderr, /\(2\)/);
    }
    assert.equal(target.aws.sessions.length, 0);
    assert.equal((await curl('--proxy', 'http://one.internal/')).stdout, 'one one.internal /\n');
    // The agent refuses the metadata of the instance when the session begins.
    assert.equal((await curl('--proxy', ...code, 'http://169.254.169.254/')).stdout, '403 000');
    assert.match((await curl('--socks5', 'http://169.254.169.254/')).stderr, /\(2\)/);
  });

  it('does not connect to the target itself, unless that is allowed', needs(CURL), async (t) => {
    const port = await startNamedHttp(t, 'target');
    const { curl } = await startProxy(t, {});
    const { stdout } = await curl('--proxy', `http://localhost:${port}/`);
    assert.match(stdout, /^This proxy does not allow localhost:\d+, which is the target itself\. /);
    const open = await startProxy(t, {}, { args: ['--allow', 'localhost'] });
    assert.equal(
      (await open.curl('--proxy', `http://localhost:${port}/`)).stdout,
      `target localhost:${port} /\n`,
    );
  });

  it('answers with the reason when AWS refuses the session', needs(CURL), async (t) => {
    const { curl, target } = await startProxy(t, {});
    const message = 'User is not authorized to perform: ssm:StartSession';
    target.aws.refuse('StartSession', { status: 400, type: 'AccessDeniedException', message });
    const { stdout } = await curl('--proxy', '--write-out', '%{http_code}', 'http://one.internal/');
    assert.match(stdout, /^[^\n]*\n403$/);
    assert.match((await curl('--socks5-hostname', 'http://one.internal/')).stderr, /\(2\)/);
  });

  it('passes on requests with bodies, and several on one connection', needs(CURL), async (t) => {
    const port = await startHttp(t, (request, response) => {
      const { method = '', headers } = request;
      const shown = JSON.stringify([
        method,
        headers['content-length'],
        headers['transfer-encoding'],
      ]);
      response.write(`${shown} `);
      request.pipe(response);
    });
    const { curl } = await startProxy(t, { 'one.internal': port });
    const url = 'http://one.internal/';
    assert.equal((await curl('--proxy', '--data', 'hello', url)).stdout, '["POST","5",null] hello');
    const chunked = ['--header', 'Transfer-Encoding: chunked', '--data', 'hello'];
    assert.equal((await curl('--proxy', ...chunked, url)).stdout, '["POST",null,"chunked"] hello');
    assert.equal((await curl('--proxy', url, url)).stdout, '["GET","0",null] ["GET","0",null] ');
    const large = 'x'.repeat(100_000);
    assert.equal(
      (await curl('--proxy', '--data', large, url)).stdout.length,
      100_000 + '["POST","100000",null] '.length,
    );
  });

  it(
    'serves an auto-configuration file to clients that know its address, not to web pages',
    needs(CURL),
    async (t) => {
      const { port, curl } = await startProxy(t, {}, { args: ['--allow', '*.internal'] });
      const direct = (host: string): ReturnType<typeof curl> =>
        curl('--noproxy', '*', '--header', `Host: ${host}`, `http://127.0.0.1:${port}/proxy.pac`);
      assert.match(
        (await direct(`127.0.0.1:${port}`)).stdout,
        new RegExp(`"PROXY 127\\.0\\.0\\.1:${port}"`),
      );
      const page = (await direct(`attacker.example:${port}`)).stdout;
      assert.doesNotMatch(page, /internal|PROXY/);
    },
  );
});
