import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseInvocation } from '../../../src/cli/invocation/caller-contract.ts';
import { requestedKind } from '../../../src/cli/invocation/read-requested-kind.ts';
import type { RequestedKind } from '../../../src/session/handshake/requested-kind.ts';

const VARIABLE = 'AWS_SSM_START_SESSION_RESPONSE';
const RESPONSE = JSON.stringify({
  SessionId: 'user-0123456789abcdef0',
  TokenValue: 'token',
  StreamUrl: 'wss://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/user-0123456789abcdef0',
});
const SSM = 'https://ssm.us-east-1.amazonaws.com';
const TARGET = 'i-0123456789abcdef0';
const CONTAINER = 'ecs:cluster_0123456789abcdef_fedcba9876543210-1234567890';

const UNKNOWN: RequestedKind = { kind: 'unknown' };
const SHELL: RequestedKind = { kind: 'shell' };
const STDIO: RequestedKind = { kind: 'stdio' };
const ANY_LISTENER: RequestedKind = { kind: 'forwarding', local: undefined };
const port = (number: number): RequestedKind => ({
  kind: 'forwarding',
  local: { kind: 'tcp', port: number },
});
const socket = (path: string): RequestedKind => ({
  kind: 'forwarding',
  local: { kind: 'unix', path },
});

/** The kind that the arguments of a caller ask for. */
function kindOf(...args: readonly string[]): RequestedKind {
  const invocation = parseInvocation(
    args,
    () => RESPONSE,
    [],
    () => false,
  );
  assert.equal(invocation.kind, 'start-session');
  return requestedKind(invocation.session);
}

/** As `aws ssm start-session` passes its request (awscli, `StartSessionCaller`): whole, as JSON. */
const ofAwsCli = (request: object): RequestedKind =>
  kindOf(VARIABLE, 'us-east-1', 'StartSession', '', JSON.stringify(request), SSM);
/** As other programs pass theirs, and AWS CLIs that do not know the variable yet. */
const ofOthers = (request: object, endpoint = SSM): RequestedKind =>
  kindOf(RESPONSE, 'us-east-1', 'StartSession', '', JSON.stringify(request), endpoint);

const requestOf = (DocumentName: string, Parameters?: object): object => ({
  Target: TARGET,
  DocumentName,
  ...(Parameters === undefined ? {} : { Parameters }),
});

describe('the kind that a document asks for', () => {
  for (const [name, parameters, kind] of [
    ['SSM-SessionManagerRunShell', undefined, SHELL],
    ['AWS-StartInteractiveCommand', { command: ['top'] }, SHELL],
    ['AWS-StartNonInteractiveCommand', { command: ['id'] }, SHELL],
    ['AmazonECS-ExecuteInteractiveCommand', { command: ['sh'] }, SHELL],
    ['AWS-StartSSHSession', { portNumber: ['22'] }, STDIO],
    ['arn:aws:ssm:us-east-1::document/AWS-StartSSHSession', undefined, STDIO],
    [
      'AWS-StartPortForwardingSession',
      { portNumber: ['80'], localPortNumber: ['8080'] },
      port(8080),
    ],
    ['AWS-StartPortForwardingSession', { portNumber: ['80'] }, port(0)],
    ['AWS-StartPortForwardingSession', { localPortNumber: ['0'] }, port(0)],
    [
      'AWS-StartPortForwardingSessionToRemoteHost',
      { host: ['db'], portNumber: ['5432'], localPortNumber: ['5433'] },
      port(5433),
    ],
    ['AWS-StartPortForwardingSessionToSocket', { localUnixSocket: ['/run/db'] }, socket('/run/db')],
    ['AWS-StartPortForwardingSessionToSocket', { portNumber: ['80'] }, ANY_LISTENER],
    ['Company-Shell', undefined, UNKNOWN],
    ['Company-AWS-StartSSHSession', { localPortNumber: ['8080'] }, UNKNOWN],
    ['arn:aws:ssm:us-east-1:123456789012:document/Company-Ports', undefined, UNKNOWN],
    ['constructor', undefined, UNKNOWN],
  ] as const) {
    it(`${name} ${JSON.stringify(parameters ?? {})}`, () => {
      const request = requestOf(name, parameters);
      assert.deepEqual(ofAwsCli(request), kind);
      assert.deepEqual(ofOthers(request), kind);
    });
  }

  it('is read whatever the case of the keys', () => {
    const lowerCamelCase = {
      target: TARGET,
      documentName: 'AWS-StartPortForwardingSession',
      parameters: { localPortNumber: ['8080'] },
    };
    assert.deepEqual(ofOthers(lowerCamelCase), port(8080));
  });

  it('has the default of what the whole request leaves out', () => {
    const request = requestOf('AWS-StartPortForwardingSession');
    assert.deepEqual(ofAwsCli(request), port(0));
    assert.deepEqual(ofOthers(request), ANY_LISTENER);
  });
});

describe('parameters without a place to listen', () => {
  for (const parameters of [
    { localPortNumber: 8080 },
    { localPortNumber: ['8080', '8081'] },
    { localPortNumber: [8080] },
    { localPortNumber: [] },
    { localPortNumber: ['http'] },
    { localPortNumber: ['{{ ssm:port }}'] },
  ]) {
    it(`${JSON.stringify(parameters)}: a listener, but any`, () => {
      const request = requestOf('AWS-StartPortForwardingSession', parameters);
      assert.deepEqual(ofAwsCli(request), ANY_LISTENER);
    });
  }

  for (const parameters of ['localPortNumber=8080', ['8080'], null, 7]) {
    it(`${JSON.stringify(parameters)} in place of all of them`, () => {
      const request = { ...requestOf('AWS-StartPortForwardingSession'), Parameters: parameters };
      assert.deepEqual(ofOthers(request), ANY_LISTENER);
    });
  }

  it('a socket whose path the agent resolves', () => {
    const request = requestOf('AWS-StartPortForwardingSessionToSocket', {
      localUnixSocket: ['{{ssm:path}}'],
    });
    assert.deepEqual(ofAwsCli(request), ANY_LISTENER);
  });
});

describe('a request without a document', () => {
  it('of the AWS CLI asks for a shell', () => {
    assert.deepEqual(ofAwsCli({ Target: TARGET }), SHELL);
  });

  it('of aws ecs execute-command asks for a shell', () => {
    // awscli, `ExecuteCommandCaller`: the target alone, and the endpoint of ECS.
    for (const endpoint of [
      'https://ecs.us-east-1.amazonaws.com',
      'https://ecs-fips.us-east-1.amazonaws.com',
      'https://ecs.cn-north-1.amazonaws.com.cn',
      'https://vpce-0a1b-xyz.ecs.us-east-1.vpce.amazonaws.com',
    ]) {
      assert.deepEqual(ofOthers({ Target: CONTAINER }, endpoint), SHELL);
    }
  });

  it('of other programs may be for any document', () => {
    // fujiwara/ecsta, portforward.go: with what DiscoverPollEndpoint answers for an endpoint.
    assert.deepEqual(
      ofOthers({ Target: CONTAINER }, 'https://ecs-a-1.us-east-1.amazonaws.com/'),
      UNKNOWN,
    );
    // tedsmitt/ecsgo, internal/forward.go: as Go writes it, without an endpoint.
    const ofGo = { DocumentName: null, Parameters: null, Reason: null, Target: CONTAINER };
    assert.deepEqual(ofOthers(ofGo, ''), UNKNOWN);
    // null93/aws-knox, rsyncPortForward.
    assert.deepEqual(ofOthers({ Target: TARGET }), UNKNOWN);
    for (const endpoint of ['https://ecs.us-east-1.amazonaws.com.evil.example', 'no URL']) {
      assert.deepEqual(ofOthers({ Target: CONTAINER }, endpoint), UNKNOWN);
    }
  });

  it('is unknown to callers that pass no request at all', () => {
    assert.deepEqual(kindOf(RESPONSE, 'us-east-1', 'StartSession'), UNKNOWN);
    assert.deepEqual(kindOf(VARIABLE, 'us-east-1', 'StartSession'), UNKNOWN);
    assert.deepEqual(kindOf(VARIABLE, 'us-east-1', 'StartSession', '', '', ''), UNKNOWN);
  });
});
