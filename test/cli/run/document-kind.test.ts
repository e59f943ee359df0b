import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { documentKind } from '../../../src/cli/run/document-kind.ts';
import type { RequestedKind } from '../../../src/session/handshake/requested-kind.ts';

/** The kind of a document with these properties and one parameter, `local`. */
function kindOf(
  sessionType: string,
  properties: Readonly<Record<string, unknown>> = {},
  local?: readonly string[],
): RequestedKind {
  const parameters = new Map([['local', { defaultValue: '9000', allowedValues: undefined }]]);
  const document = { sessionType, properties, parameters, inputs: {} };
  return documentKind(document, local === undefined ? {} : { local });
}

const forwarding = (properties: object): Readonly<Record<string, unknown>> => ({
  type: 'LocalPortForwarding',
  portNumber: '80',
  ...properties,
});
const port = (number: number): RequestedKind => ({
  kind: 'forwarding',
  local: { kind: 'tcp', port: number },
});
const ANY_LISTENER: RequestedKind = { kind: 'forwarding', local: undefined };

describe('the kind of a document of the account', () => {
  it('is a shell, with and without a command', () => {
    for (const type of ['Standard_Stream', 'InteractiveCommands', 'NonInteractiveCommands']) {
      assert.deepEqual(kindOf(type), { kind: 'shell' });
    }
  });

  it('is unknown where the type of session is, or where the agent looks it up', () => {
    assert.deepEqual(kindOf(''), { kind: 'unknown' });
    assert.deepEqual(kindOf('Hologram'), { kind: 'unknown' });
    assert.deepEqual(kindOf('Port', { type: '{{ssm:type}}' }), { kind: 'unknown' });
    assert.deepEqual(kindOf('Port', { type: 7 }), { kind: 'unknown' });
  });

  it('is a connection of stdin and stdout', () => {
    assert.deepEqual(kindOf('Port', { portNumber: '22' }), { kind: 'stdio' });
    assert.deepEqual(kindOf('Port', { portNumber: '22', localPortNumber: '{{ local }}' }), {
      kind: 'stdio',
    });
  });

  for (const [what, properties, local, kind] of [
    ['any free port', {}, undefined, port(0)],
    ['a fixed port', { localPortNumber: '8080' }, undefined, port(8080)],
    ['the default', { localPortNumber: '{{ local }}' }, undefined, port(9000)],
    ['what is given', { localPortNumber: '{{local}}' }, ['9001'], port(9001)],
    ['two values', { localPortNumber: '{{ local }}' }, ['1', '2'], ANY_LISTENER],
    ['a port looked up', { localPortNumber: '{{ local }}' }, ['{{ssm:p}}'], ANY_LISTENER],
    ['a port made of parts', { localPortNumber: '1{{ local }}' }, undefined, ANY_LISTENER],
    ['another parameter', { localPortNumber: '{{ other }}' }, undefined, ANY_LISTENER],
    ['a number', { localPortNumber: 8080 }, undefined, ANY_LISTENER],
    ['no port at all', { localPortNumber: 'http' }, undefined, ANY_LISTENER],
    [
      'a socket',
      { localConnectionType: 'unix', localUnixSocket: '/run/x' },
      undefined,
      { kind: 'forwarding', local: { kind: 'unix', path: '/run/x' } },
    ],
    [
      'a socket looked up',
      { localConnectionType: 'unix', localUnixSocket: '{{ssm:x}}' },
      undefined,
      ANY_LISTENER,
    ],
  ] as const) {
    it(`is a listener: ${what}`, () => {
      assert.deepEqual(kindOf('Port', forwarding(properties), local), kind);
    });
  }
});
