import assert from 'node:assert/strict';
import { it } from 'node:test';
import { NetworkError } from '../../src/network/network-error.ts';
import { proxyFor } from '../../src/network/proxy/proxy.ts';

const GATEWAY = new URL('wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/x');
const API = new URL('https://ssm.eu-west-1.amazonaws.com');
const PLAIN = new URL('http://internal.example:4566/');

function display(url: URL, env: Record<string, string>): string | undefined {
  return proxyFor(url, env)?.display;
}

it('without a variable there is no proxy', () => {
  assert.equal(proxyFor(GATEWAY, {}), undefined);
});

it('HTTPS_PROXY is for https and wss, HTTP_PROXY for http, in lower or upper case', () => {
  for (const name of ['HTTPS_PROXY', 'https_proxy']) {
    const env = { [name]: 'http://proxy.example:3128' };
    assert.equal(display(GATEWAY, env), 'http://proxy.example:3128');
    assert.equal(display(API, env), 'http://proxy.example:3128');
    assert.equal(display(PLAIN, env), undefined);
  }
  for (const name of ['HTTP_PROXY', 'http_proxy']) {
    const env = { [name]: 'http://proxy.example:3128' };
    assert.equal(display(GATEWAY, env), undefined);
    assert.equal(display(PLAIN, env), 'http://proxy.example:3128');
  }
});

it('ALL_PROXY is for URLs without their own variable', () => {
  for (const name of ['ALL_PROXY', 'all_proxy']) {
    const env = { [name]: 'http://all.example:1', HTTPS_PROXY: 'http://secure.example:2' };
    assert.equal(display(GATEWAY, env), 'http://secure.example:2');
    assert.equal(display(PLAIN, env), 'http://all.example:1');
  }
});

it('the variable in lower case counts before the one in upper case, and an empty one is ignored', () => {
  const upper = { HTTPS_PROXY: 'http://upper.example:1' };
  assert.equal(
    display(API, { ...upper, https_proxy: 'http://lower.example:1' }),
    'http://lower.example:1',
  );
  assert.equal(display(API, { ...upper, https_proxy: ' ' }), 'http://upper.example:1');
});

it('NO_PROXY exempts hosts, in lower or upper case', () => {
  const env = { HTTPS_PROXY: 'http://proxy.example:3128' };
  for (const name of ['NO_PROXY', 'no_proxy']) {
    assert.equal(proxyFor(GATEWAY, { ...env, [name]: '.amazonaws.com' }), undefined);
    assert.notEqual(proxyFor(GATEWAY, { ...env, [name]: '.amazonaws.com.cn' }), undefined);
  }
});

it('this machine is never reached through a proxy', () => {
  const env = { ALL_PROXY: 'http://proxy.example:3128' };
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '[::1]']) {
    assert.equal(proxyFor(new URL(`https://${host}:8443/`), env), undefined);
  }
});

it('a proxy without a scheme is an http proxy, and one without a port has the default port', () => {
  assert.equal(display(API, { HTTPS_PROXY: 'proxy.example:3128' }), 'http://proxy.example:3128');
  const proxy = proxyFor(API, { HTTPS_PROXY: 'https://proxy.example' });
  assert.equal(proxy?.port, 443);
  assert.equal(proxy.secure, true);
});

it('user and password of the URL become basic authentication and are not shown', () => {
  const proxy = proxyFor(API, { HTTPS_PROXY: 'http://me%40corp:p%3Ass%2Fw@proxy.example:3128' });
  assert.equal(proxy?.authorization, `Basic ${Buffer.from('me@corp:p:ss/w').toString('base64')}`);
  assert.equal(proxy.display, 'http://proxy.example:3128');
});

// As curl 7.88.1 sends each to the proxy. Python's urllib3 reads CORP as the proxy.
for (const [written, user] of [
  [String.raw`http://CORP\jane:pw@`, String.raw`CORP\jane:pw`],
  [String.raw`CORP\jane:pw@`, String.raw`CORP\jane:pw`],
  ['http://CORP%5Cjane:pw@', String.raw`CORP\jane:pw`],
  [String.raw`http://jane:p\w@`, String.raw`jane:p\w`],
  ['http://jane:p%w%40@', 'jane:p%w@'],
  ['http://jane:p[w]Ä@', 'jane:p[w]Ä'],
  ['http://jane@', 'jane:'],
  ['http://:pw@', ':pw'],
] as const) {
  it(`the user is read as by curl: ${written}`, () => {
    const proxy = proxyFor(API, { HTTPS_PROXY: `${written}proxy.example:3128` });
    assert.equal(proxy?.display, 'http://proxy.example:3128');
    assert.equal(proxy.authorization, `Basic ${Buffer.from(user).toString('base64')}`);
  });
}

it('a user in another encoding than UTF-8 is sent unchanged', () => {
  const proxy = proxyFor(API, { HTTPS_PROXY: 'http://j%E4ne:pw@proxy.example' });
  assert.equal(
    proxy?.authorization,
    `Basic ${Buffer.from('j\u00e4ne:pw', 'latin1').toString('base64')}`,
  );
});

it('a setting that is not an HTTP proxy is refused by its name, without quoting it', () => {
  for (const value of [
    'socks5://me:secret@proxy.example:1080',
    'http://me:secret@:-1',
    String.raw`http://secret\proxy:1`,
  ]) {
    assert.throws(
      () => proxyFor(API, { https_proxy: value }),
      (error) =>
        error instanceof NetworkError &&
        error.reason === 'setting' &&
        error.message.includes('https_proxy') &&
        !error.message.includes('secret'),
    );
  }
});
