import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isExemptFromProxy } from '../../src/network/proxy/no-proxy.ts';

const HTTPS = 443;

const CASES: readonly [entry: string, host: string, port: number, exempt: boolean][] = [
  ['*', 'anything.example', HTTPS, true],
  ['', 'example.com', HTTPS, false],
  ['example.com', 'example.com', HTTPS, true],
  ['example.com', 'EXAMPLE.com.', HTTPS, true],
  ['Example.COM', 'deep.example.com', HTTPS, true],
  ['example.com', 'notexample.com', HTTPS, false],
  ['example.com', 'example.com.evil.test', HTTPS, false],
  ['.example.com', 'a.example.com', HTTPS, true],
  ['.example.com', 'example.com', HTTPS, true],
  ['*.example.com', 'a.example.com', HTTPS, true],
  ['*.example.com', 'a.example.org', HTTPS, false],
  ['other.test, example.com', 'example.com', HTTPS, true],
  ['other.test example.com', 'example.com', HTTPS, true],
  ['example.com:443', 'example.com', HTTPS, true],
  ['example.com:8443', 'example.com', HTTPS, false],
  ['*:8443', 'example.com', 8443, true],
  ['10.0.0.7', '10.0.0.7', HTTPS, true],
  ['10.0.0.7', '10.0.0.70', HTTPS, false],
  ['0.0.7', '10.0.0.7', HTTPS, false],
  ['10.0.0.7:443', '10.0.0.7', HTTPS, true],
  ['10.0.0.7:80', '10.0.0.7', HTTPS, false],
  ['10.0.0.0/8', '10.255.3.4', HTTPS, true],
  ['10.0.0.0/8', '11.0.0.1', HTTPS, false],
  ['169.254.169.254/32', '169.254.169.254', HTTPS, true],
  ['192.168.4.0/23', '192.168.5.255', HTTPS, true],
  ['192.168.4.0/23', '192.168.6.0', HTTPS, false],
  ['10.0.0.0/8', 'ten.example', HTTPS, false],
  ['10.0.0.0/33', '10.0.0.1', HTTPS, false],
  ['10.0.0.0/x', '10.0.0.1', HTTPS, false],
  ['/8', '10.0.0.1', HTTPS, false],
  ['2001:db8::7', '[2001:db8:0::7]', HTTPS, true],
  ['[2001:db8::7]', '[2001:db8::7]', HTTPS, true],
  ['[2001:db8::7]:443', '[2001:db8::7]', HTTPS, true],
  ['[2001:db8::7]:80', '[2001:db8::7]', HTTPS, false],
  ['2001:db8::/32', '[2001:db8:ffff::1]', HTTPS, true],
  ['2001:db8::/32', '[2001:db9::1]', HTTPS, false],
  ['2001:db8::/32', '10.0.0.1', HTTPS, false],
  ['.', 'example.com', HTTPS, false],
];

for (const [entry, host, port, exempt] of CASES) {
  it(`NO_PROXY "${entry}" ${exempt ? 'exempts' : 'does not exempt'} ${host}:${port}`, () => {
    assert.equal(isExemptFromProxy(host, port, entry), exempt);
  });
}
