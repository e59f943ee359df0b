import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commandDocument, type DocumentContent } from '../../api/document-content.ts';
import {
  InvalidRequest,
  planSession,
  readStartSessionRequest,
} from '../../session/session-request.ts';

describe('what a document makes of its parameters', () => {
  const plan = (documentName?: string, parameters: Record<string, string[]> = {}) =>
    planSession(
      readStartSessionRequest({
        Target: 'i-1',
        DocumentName: documentName,
        Parameters: parameters,
      }),
    );
  const port = (properties: Record<string, string>) => ({
    kind: 'port',
    sessionType: 'Port',
    properties,
  });

  it('is a shell by default', () => {
    const shell = { kind: 'shell', sessionType: 'Standard_Stream', command: undefined };
    assert.deepEqual(plan(), shell);
    assert.deepEqual(plan('SSM-SessionManagerRunShell'), shell);
  });

  it('is a command, with and without a terminal', () => {
    assert.deepEqual(plan('AWS-StartInteractiveCommand', { command: ['top'] }), {
      kind: 'shell',
      sessionType: 'InteractiveCommands',
      command: 'top',
    });
    assert.deepEqual(plan('AWS-StartNonInteractiveCommand', { command: ['uptime'] }), {
      kind: 'command',
      sessionType: 'NonInteractiveCommands',
      command: 'uptime',
      separate: undefined,
    });
  });

  it('is a command whose outputs have the prefixes of its document', () => {
    const separate = (document: DocumentContent, given: object, platform?: 'windows'): unknown => {
      const planned = planSession(
        {
          Target: 'i-0123456789abcdef0',
          DocumentName: 'AWS-StartNonInteractiveCommand',
          Parameters: { command: ['id'], ...given },
        },
        document,
        platform,
      );
      return planned.kind === 'command' ? planned.separate : undefined;
    };
    const asked = { separateOutputStream: ['true'] };
    assert.deepEqual(separate(commandDocument(), asked), { stdoutPrefix: '', stderrPrefix: '' });
    assert.deepEqual(separate(commandDocument({ stdoutPrefix: 'OUT:\n' }), asked), {
      stdoutPrefix: 'OUT:\n',
      stderrPrefix: '',
    });
    assert.deepEqual(
      separate(commandDocument(), { ...asked, stderrSeparatorPrefix: ['ERR:'] }, 'windows'),
      { stdoutPrefix: '', stderrPrefix: 'ERR:' },
    );
    assert.equal(separate(commandDocument({ stdoutPrefix: 'OUT:' }), {}), undefined);
  });

  it('is a port, of the target, of another host, for a local socket or for ssh', () => {
    assert.deepEqual(
      plan('AWS-StartPortForwardingSession', { portNumber: ['80'], localPortNumber: ['8080'] }),
      port({ portNumber: '80', localPortNumber: '8080', type: 'LocalPortForwarding' }),
    );
    assert.deepEqual(
      plan('AWS-StartPortForwardingSessionToRemoteHost', { portNumber: ['80'], host: ['db'] }),
      port({ portNumber: '80', localPortNumber: '', host: 'db', type: 'LocalPortForwarding' }),
    );
    assert.deepEqual(
      plan('AWS-StartPortForwardingSessionToSocket', {
        portNumber: ['80'],
        localUnixSocket: ['/tmp/s'],
      }),
      port({
        portNumber: '80',
        localUnixSocket: '/tmp/s',
        localConnectionType: 'unix',
        host: '',
        type: 'LocalPortForwarding',
      }),
    );
    assert.deepEqual(plan('AWS-StartSSHSession'), port({ portNumber: '22', type: 'Ssh' }));
  });

  it('is refused when something is missing or no list of strings', () => {
    assert.throws(() => plan('AWS-StartPortForwardingSession'), InvalidRequest);
    assert.throws(() => plan('AWS-StartInteractiveCommand'), InvalidRequest);
    assert.throws(() => plan('Another'), InvalidRequest);
    assert.throws(
      () => readStartSessionRequest({ Target: 'i-1', Parameters: { portNumber: '80' } }),
      InvalidRequest,
    );
    assert.throws(() => readStartSessionRequest({ Target: 'i-1', Parameters: [] }), InvalidRequest);
  });
});
