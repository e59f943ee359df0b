import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { describe, it } from 'node:test';
import type { EndpointCalls } from '../../../src/aws/aws.ts';
import {
  checkClock,
  checkEndpoint,
  type EndpointCheck,
} from '../../../src/commands/doctor/checks/check-endpoints.ts';
import { reach } from '../../../src/commands/doctor/checks/probe-endpoint.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createAuthority } from '../../network/certificate-authority.ts';
import { NOT_LOOPBACK, serve } from '../../network/local-server.ts';
import { networkFor } from '../../network/test-network.ts';
import { startTinyproxy } from '../../network/tinyproxy.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { needs } from '../../support/require-tools.ts';
import { OPENSSL, TINYPROXY } from '../../support/tools.ts';
import { LOCALHOST } from '../../support/localhost.ts';

const MINUTE_MS = 60_000;

/** Answers as AWS does to a request without an action. */
const refuse: RequestListener = (_, response) => void response.writeHead(403).end();

/** Calls that only know where a service is. */
function callsAt(endpoint: string): EndpointCalls {
  return { endpoint: () => Promise.resolve(endpoint) };
}

/** No session is encrypted by KMS. */
const NO_KMS = () => Promise.resolve(false);

describe('the way to an endpoint', () => {
  it('is verified, whatever the endpoint answers', needs(OPENSSL, LOCALHOST), async (t) => {
    const authority = createAuthority(temporaryDirectory(t), 'root');
    const port = await serve(t, refuse, authority.issue(['DNS:localhost']));
    const env = { AWS_CA_BUNDLE: authority.file };
    const options = { network: networkFor(t, { env }), env, clock: systemClock };
    const reached = await reach(`https://localhost:${port}`, options);
    assert.match(reached.address ?? '', /^(127\.0\.0\.1|::1)$/);
    assert.equal(reached.proxy, undefined);
    assert.ok(Math.abs(reached.skewMs ?? Infinity) < MINUTE_MS);
  });

  it(
    'fails with the issuer, and the variable that helps, when it is not trusted',
    needs(OPENSSL, LOCALHOST),
    async (t) => {
      const authority = createAuthority(temporaryDirectory(t), 'company root');
      const endpoint = `https://localhost:${await serve(t, refuse, authority.issue(['DNS:localhost']))}`;
      const options = { network: networkFor(t, {}), env: {}, clock: systemClock };
      const { finding } = await checkEndpoint('ssm', callsAt(endpoint), options, NO_KMS);
      assert.equal(finding.verdict, 'failure');
      assert.match(finding.text, /issued by "company root", is not trusted/);
      assert.match(finding.next ?? '', /AWS_CA_BUNDLE/);
    },
  );

  it('is a failure for KMS only where sessions are encrypted', async (t) => {
    const options = { network: networkFor(t, {}), env: {}, clock: systemClock };
    const nowhere = callsAt('http://127.0.0.1:1');
    const { finding: missed } = await checkEndpoint('kms', nowhere, options, () =>
      Promise.resolve(true),
    );
    assert.equal(missed.verdict, 'failure');
    const { finding: unused } = await checkEndpoint('kms', nowhere, options, NO_KMS);
    assert.equal(unused.verdict, 'warning');
  });

  it('is shown with the proxy it leads through', needs(OPENSSL, TINYPROXY), async (t) => {
    const authority = createAuthority(temporaryDirectory(t), 'root');
    const port = await serve(t, refuse, authority.issue([`IP:${NOT_LOOPBACK}`]));
    const proxy = await startTinyproxy(t);
    const env = {
      AWS_CA_BUNDLE: authority.file,
      HTTPS_PROXY: `http://someone:secret@127.0.0.1:${proxy.port}`,
    };
    const options = { network: networkFor(t, { env }), env, clock: systemClock };
    const { finding } = await checkEndpoint(
      'kms',
      callsAt(`https://${NOT_LOOPBACK}:${port}`),
      options,
      NO_KMS,
    );
    assert.equal(finding.verdict, 'ok', finding.text);
    assert.ok(
      finding.text.includes(`through the proxy http://127.0.0.1:${proxy.port} (HTTPS_PROXY)`),
    );
    assert.doesNotMatch(finding.text, /secret/);
    assert.deepEqual(proxy.requests, [`CONNECT ${NOT_LOOPBACK}:${port}`]);
  });

  it('reports how far off the clock is, from the middle of the second that the answer names', async (t) => {
    const date = Date.parse('2026-01-02T03:04:05Z');
    const port = await serve(t, (_, response) => {
      response.setHeader('date', new Date(date).toUTCString()).end();
    });
    for (const skewMs of [0, -3_000, 7_200_000]) {
      const clock = { ...systemClock, now: () => date + 500 + skewMs };
      const options = { network: networkFor(t, {}), env: {}, clock };
      assert.equal((await reach(`http://127.0.0.1:${port}`, options)).skewMs, skewMs);
    }
  });

  it('is given up when the endpoint takes the request and never answers', async (t) => {
    const clock = createVirtualClock();
    let asked: () => void = () => undefined;
    const asking = new Promise<void>((resolve) => (asked = resolve));
    const port = await serve(t, () => asked());
    const options = { network: networkFor(t, {}), env: {}, clock };
    const reaching = reach(`http://127.0.0.1:${port}`, options);
    await asking;
    clock.advance(MINUTE_MS);
    await assert.rejects(reaching, { reason: 'timeout', message: /did not answer within 20 s/ });
  });
});

describe('the clock', () => {
  const at = (skewMs: number | undefined): EndpointCheck => ({
    finding: { check: 'endpoint ssm', verdict: 'ok', text: '', next: undefined },
    skewMs,
  });

  it('is near enough up to the five minutes that signatures are good for', () => {
    const near = checkClock([at(undefined), at(-5 * MINUTE_MS)]);
    assert.equal(near.verdict, 'ok');
    assert.equal(near.text, '300 s behind AWS');
  });

  it('is warned about when it is further off, with what to do', () => {
    const far = checkClock([at(5 * MINUTE_MS + 1000)]);
    assert.equal(far.verdict, 'warning');
    assert.match(far.text, /^301 s ahead of AWS/);
    assert.match(far.next ?? '', /NTP/);
  });

  it('is compared with the time of an endpoint', async (t) => {
    const date = new Date(Date.now() - 10 * MINUTE_MS).toUTCString();
    const port = await serve(t, (_, response) => void response.writeHead(404, { date }).end());
    const options = { network: networkFor(t, {}), env: {}, clock: systemClock };
    const check = await checkEndpoint('ssm', callsAt(`http://127.0.0.1:${port}`), options, NO_KMS);
    assert.equal(checkClock([check]).verdict, 'warning');
  });

  it('is not compared when no endpoint was reached', () => {
    assert.equal(checkClock([at(undefined)]).verdict, 'skipped');
  });
});
