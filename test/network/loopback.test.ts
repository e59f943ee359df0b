import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isLoopback } from '../../src/network/loopback.ts';

it('this machine is reached by its name and by every spelling of its addresses', () => {
  for (const host of [
    ...['localhost', 'LOCALHOST', 'localhost.', '127.0.0.1', '127.255.255.254', '127.0.0.1.'],
    ...['::1', '[::1]', '0:0:0:0:0:0:0:1', '::0001', '::ffff:127.0.0.1', '[::ffff:7f00:1]'],
  ]) {
    assert.ok(isLoopback(host), host);
  }
});

it('other hosts are not this machine, whatever their names begin with', () => {
  for (const host of [
    ...['', 'localhost.example', '127.0.0.1.example', '127.1', '128.0.0.1', '12.7.0.0', '0.0.0.0'],
    ...['::', '::2', '::ffff:128.0.0.1', 'ssmmessages.eu-west-1.amazonaws.com'],
  ]) {
    assert.ok(!isLoopback(host), host);
  }
});
