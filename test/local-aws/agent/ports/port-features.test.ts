import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { portMode } from './port-features.ts';

describe('what an agent does with a port', () => {
  const CLIENT = '1.3.0.0';
  const LOCAL = 'LocalPortForwarding';

  it('is a plain byte stream for any type but local forwarding', () => {
    assert.deepEqual(portMode('Ssh', '3.3.0.0', CLIENT), { kind: 'stdio' });
    assert.deepEqual(portMode('', '3.3.0.0', CLIENT), { kind: 'stdio' });
  });

  it('is basic up to 3.0.196.0 and for clients before 1.1.70', () => {
    assert.deepEqual(portMode(LOCAL, '3.0.196.0', CLIENT), { kind: 'basic' });
    assert.deepEqual(portMode(LOCAL, '3.3.0.0', '1.1.69.0'), { kind: 'basic' });
  });

  it('is kept alive up to 3.1.1511.0 and for clients up to 1.2.331.0', () => {
    const mux = (keepAlive: boolean) => ({ kind: 'mux', keepAlive });
    assert.deepEqual(portMode(LOCAL, '3.0.196.1', CLIENT), mux(true));
    assert.deepEqual(portMode(LOCAL, '3.1.1511.0', CLIENT), mux(true));
    assert.deepEqual(portMode(LOCAL, '3.1.1511.1', CLIENT), mux(false));
    assert.deepEqual(portMode(LOCAL, '3.3.0.0', '1.2.331.0'), mux(true));
    assert.deepEqual(portMode(LOCAL, '3.3.0.0', '1.2.331.1'), mux(false));
  });
});
