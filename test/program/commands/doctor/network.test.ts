import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_LOOPBACK } from '../../../network/local-server.ts';
import { startTinyproxy } from '../../../network/tinyproxy.ts';
import { NO_CREDENTIALS, STATIC_CREDENTIALS } from '../../support/program.ts';
import { startAccount, WEB_1 } from '../support/account.ts';
import { needs } from '../../../support/require-tools.ts';
import { TINYPROXY } from '../../../support/tools.ts';
import { examine, findingsOf } from './support/examine.ts';

describe('doctor', () => {
  it('checks the network without the profile, and nothing that needs its credentials', async (t) => {
    const account = await startAccount(t);
    const run = await examine(t, account, ['--json', '--profile', 'missing', WEB_1.id]);
    assert.equal(run.status, 255);
    const findings = findingsOf(run);
    assert.match(findings.get('profile')?.text ?? '', /^There is no profile missing/);
    assert.equal(findings.get('region')?.verdict, 'ok');
    assert.equal(
      findings.get('credentials')?.text,
      'not checked, because the profile cannot be used',
    );
    assert.equal(findings.get('endpoint ssm')?.verdict, 'ok');
    assert.equal(
      findings.get('target')?.text,
      'not checked, because there are no usable credentials',
    );
    assert.deepEqual(account.aws.apiCalls, []);
  });

  it('checks the network without credentials', async (t) => {
    const account = await startAccount(t);
    const run = await examine(t, account, ['--json'], NO_CREDENTIALS);
    const findings = findingsOf(run);
    assert.equal(findings.get('credentials')?.verdict, 'failure');
    assert.match(findings.get('credentials')?.text ?? '', /^No AWS credentials found$/);
    assert.equal(findings.get('endpoint ssm')?.verdict, 'ok');
    assert.equal(
      findings.get('permissions')?.text,
      'not checked, because there are no usable credentials',
    );
    assert.equal(run.status, 255);
  });

  it('asks nothing of a service that cannot be reached, and prints a remedy once', async (t) => {
    const account = await startAccount(t);
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    const { stdout, status } = await examine(t, account, ['--region', 'eu-west-1', 'web'], env);
    assert.equal(status, 255);
    assert.match(stdout, /^failure {2}endpoint ssm {10}http:\/\/127\.0\.0\.1:1: /m);
    assert.equal(stdout.split('→').length - 1, 1, stdout);
    for (const check of ['clock', 'identity', 'permissions', 'preferences', 'target']) {
      assert.match(stdout, new RegExp(`^skipped {2}${check} `, 'm'));
    }
    const command = 'session-manager-plugin doctor web --region eu-west-1';
    assert.ok(stdout.endsWith(`\n\nTo check again:\n  ${command}\n`), stdout);
  });

  it('names the proxy in the way, and nothing secret', async (t) => {
    const account = await startAccount(t);
    const env = {
      AWS_ENDPOINT_URL: undefined,
      HTTPS_PROXY: 'http://someone:proxy-password@127.0.0.1:9',
      AWS_SESSION_TOKEN: 'session-token',
    };
    const run = await examine(t, account, ['--json'], env);
    assert.equal(run.status, 255);
    const findings = findingsOf(run);
    for (const service of ['ssm', 'ssmmessages', 'kms', 'sts']) {
      const { text = '', verdict, next = '' } = findings.get(`endpoint ${service}`) ?? {};
      assert.equal(verdict, service.startsWith('ssm') ? 'failure' : 'warning');
      assert.ok(text.startsWith(`${service}.us-east-1.amazonaws.com: `), text);
      assert.match(text, /proxy http:\/\/127\.0\.0\.1:9 \(HTTPS_PROXY\)/);
      assert.match(next, /NO_PROXY/);
    }
    assert.equal(findings.get('clock')?.verdict, 'skipped');
    const secrets = ['proxy-password', 'session-token', STATIC_CREDENTIALS.AWS_SECRET_ACCESS_KEY];
    for (const secret of secrets)
      assert.ok(!run.stdout.includes(secret) && !run.stderr.includes(secret));
  });

  it('goes to a plain endpoint by the proxy that calls go by', needs(TINYPROXY), async (t) => {
    const account = await startAccount(t);
    const proxy = await startTinyproxy(t, { name: 'user', password: 'password' });
    const endpoint = `http://${NOT_LOOPBACK}:${new URL(account.aws.endpoint).port}`;
    const url = `http://127.0.0.1:${proxy.port}`;
    const run = await examine(t, account, ['--json'], {
      AWS_ENDPOINT_URL: endpoint,
      HTTP_PROXY: `http://user:password@127.0.0.1:${proxy.port}`,
    });
    const { text = '', verdict } = findingsOf(run).get('endpoint ssm') ?? {};
    assert.equal(verdict, 'ok');
    assert.ok(text.startsWith(`${endpoint} answers through the proxy ${url} (HTTP_PROXY)`), text);
    assert.ok(proxy.requests.includes(`HEAD ${endpoint}/`), proxy.requests.join('\n'));
  });
});
