import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePortProperties } from '../../../src/session/port/properties.ts';

const forwarding = (properties: Record<string, string> = {}): Record<string, string> => ({
  type: 'LocalPortForwarding',
  ...properties,
});

describe('the kind of a port session', () => {
  for (const [agentVersion, kind, keepAlive] of [
    ['', 'basic', undefined],
    ['2.3.722.0', 'basic', undefined],
    ['3.0.196.0', 'basic', undefined],
    ['3.0.196.1', 'multiplexed', true],
    ['3.0.1000.0', 'multiplexed', true],
    ['3.1.1511.0', 'multiplexed', true],
    ['3.1.1511.1', 'multiplexed', false],
    ['3.3.0.0', 'multiplexed', false],
    ['10.0.0.0', 'multiplexed', false],
  ] as const) {
    it(`agent ${agentVersion === '' ? 'unknown' : agentVersion}: ${kind}`, () => {
      const parsed = parsePortProperties(forwarding(), agentVersion);
      assert.equal(parsed.kind, kind);
      if (parsed.kind === 'multiplexed') assert.equal(parsed.keepAlive, keepAlive);
    });
  }

  it('any other type is a stdio session, whatever the agent', () => {
    for (const properties of [{}, { type: '' }, { type: 'Other', localPortNumber: 'x' }]) {
      for (const agent of ['2.0.0.0', '3.3.0.0']) {
        assert.deepEqual(parsePortProperties(properties, agent), { kind: 'stdio' });
      }
    }
  });
});

describe('the local end', () => {
  const callerTextOf = (properties: Record<string, unknown>): string | undefined => {
    const parsed = parsePortProperties({ type: 'LocalPortForwarding', ...properties }, '3.3.0.0');
    return parsed.kind === 'invalid' ? parsed.failure.callerText : undefined;
  };
  const localOf = (properties: Record<string, unknown>): unknown => {
    const parsed = parsePortProperties({ ...forwarding(), ...properties }, '3.3.0.0');
    return parsed.kind === 'multiplexed' ? parsed.local : parsed;
  };

  it('is a port that the system chooses when none is given', () => {
    for (const properties of [
      {},
      { localPortNumber: '' },
      { localPortNumber: '0' },
      { localPortNumber: null },
    ]) {
      assert.deepEqual(localOf(properties), { kind: 'tcp', port: 0 });
    }
  });

  it('is the port that is given', () => {
    assert.deepEqual(localOf({ localPortNumber: '1' }), { kind: 'tcp', port: 1 });
    assert.deepEqual(localOf({ localPortNumber: '65535' }), { kind: 'tcp', port: 65_535 });
  });

  for (const [text, reason] of [
    ['99999', 'listen tcp: address 99999: invalid port'],
    ['65536', 'listen tcp: address 65536: invalid port'],
    ['-1', 'listen tcp: address -1: invalid port'],
    ['http', 'listen tcp: lookup tcp/http: unknown port'],
    ['80 ', 'listen tcp: lookup tcp/80 : unknown port'],
    ['1e3', 'listen tcp: lookup tcp/1e3: unknown port'],
  ] as const) {
    it(`is refused with its name when the port is ${JSON.stringify(text)}`, () => {
      assert.equal(callerTextOf({ localPortNumber: text }), reason);
    });
  }

  it('is a unix socket when the connection type is unix', () => {
    const properties = { localConnectionType: 'unix', localUnixSocket: '/run/x.sock' };
    assert.deepEqual(localOf(properties), { kind: 'unix', path: '/run/x.sock' });
    assert.deepEqual(localOf({ ...properties, localConnectionType: '' }), { kind: 'tcp', port: 0 });
  });

  it('is refused when it is a unix socket without a path', () => {
    assert.equal(
      callerTextOf({ localConnectionType: 'unix' }),
      'listen unix: localUnixSocket names no path',
    );
  });
});
