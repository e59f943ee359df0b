import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseInvocation, type Invocation } from '../../../src/cli/invocation/caller-contract.ts';

const RESPONSE = {
  SessionId: 'user-0123456789abcdef0',
  TokenValue: 'token',
  StreamUrl: 'wss://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/user-0123456789abcdef0',
};
const REQUEST = { Target: 'i-0123456789abcdef0', DocumentName: 'AWS-StartInteractiveCommand' };
const ENDPOINT = 'https://ssm.us-east-1.amazonaws.com';

const SESSION = {
  sessionId: RESPONSE.SessionId,
  tokenValue: RESPONSE.TokenValue,
  streamUrl: RESPONSE.StreamUrl,
  region: 'us-east-1',
  profile: '',
  target: '',
  documentName: '',
  parameters: undefined,
  isWholeRequest: false,
  endpoint: '',
  canEncrypt: false,
};

/** Without environment variables. */
function parse(...args: readonly string[]): Invocation {
  return parseInvocation(
    args,
    () => undefined,
    [],
    () => false,
  );
}

function start(response: object | string, ...further: readonly string[]): Invocation {
  const text = typeof response === 'string' ? response : JSON.stringify(response);
  return parse(text, 'us-east-1', 'StartSession', ...further);
}

function reasonOf(invocation: Invocation): string {
  assert.equal(invocation.kind, 'bad-arguments');
  return invocation.problem;
}

describe('arguments that start no session', () => {
  it('none: the installation message', () => {
    assert.deepEqual(parse(), { kind: 'installation-message' });
  });

  it('--version alone', () => {
    assert.deepEqual(parse('--version'), { kind: 'version' });
  });

  it('--version with --verbose', () => {
    assert.deepEqual(parse('--version', '--verbose'), { kind: 'build' });
    assert.deepEqual(parse('--verbose', '--version'), { kind: 'build' });
    assert.equal(parse('--version', '--verbose', '--verbose').kind, 'invalid-operation');
    assert.equal(parse('--verbose', '--verbose').kind, 'unknown-operation');
  });

  it('one or two others are an unknown operation, named by the first', () => {
    assert.deepEqual(parse('help'), { kind: 'unknown-operation', operation: 'help' });
    assert.deepEqual(parse('--version', 'please'), {
      kind: 'unknown-operation',
      operation: '--version',
    });
    assert.deepEqual(parse(''), { kind: 'unknown-operation', operation: '' });
  });

  it('three and more with another operation than StartSession', () => {
    for (const operation of ['ResumeSession', 'startsession', '']) {
      assert.deepEqual(parse(JSON.stringify(RESPONSE), 'us-east-1', operation), {
        kind: 'invalid-operation',
      });
    }
  });
});

describe('arguments that start a session', () => {
  it('three of them: no profile, target or endpoint, and no encryption', () => {
    assert.deepEqual(start(RESPONSE), { kind: 'start-session', session: SESSION });
  });

  it('six of them: everything', () => {
    assert.deepEqual(start(RESPONSE, 'work', JSON.stringify(REQUEST), ENDPOINT), {
      kind: 'start-session',
      session: {
        ...SESSION,
        profile: 'work',
        target: REQUEST.Target,
        documentName: REQUEST.DocumentName,
        endpoint: ENDPOINT,
        canEncrypt: true,
      },
    });
  });

  it('five of them: no endpoint', () => {
    assert.deepEqual(start(RESPONSE, '', JSON.stringify(REQUEST)), {
      kind: 'start-session',
      session: {
        ...SESSION,
        target: REQUEST.Target,
        documentName: REQUEST.DocumentName,
        canEncrypt: true,
      },
    });
  });

  it('empty parameters name no target', () => {
    assert.deepEqual(start(RESPONSE, '', '', ''), {
      kind: 'start-session',
      session: { ...SESSION, canEncrypt: true },
    });
  });

  it('more than six: the rest is left alone', () => {
    assert.equal(start(RESPONSE, '', JSON.stringify(REQUEST), '', 'more').kind, 'start-session');
  });

  it('parameters of the document, as far as they are lists of texts', () => {
    const invocation = start(
      RESPONSE,
      '',
      JSON.stringify({
        ...REQUEST,
        parameters: { command: ['top', '-b'], port: '80', number: [8], __proto__x: null },
      }),
    );
    assert.equal(invocation.kind, 'start-session');
    assert.deepEqual(
      invocation.session.parameters,
      new Map([
        ['command', ['top', '-b']],
        ['port', ['80']],
        ['number', []],
        ['__proto__x', []],
      ]),
    );
  });

  it('the keys of the response in any case', () => {
    const rewrite = (change: (key: string) => string): object =>
      Object.fromEntries(Object.entries(RESPONSE).map(([key, value]) => [change(key), value]));
    const lowerCamelCase = (key: string): string => key.charAt(0).toLowerCase() + key.slice(1);
    for (const change of [
      lowerCamelCase,
      (key: string) => key.toLowerCase(),
      (key: string) => key.toUpperCase(),
    ]) {
      assert.deepEqual(start(rewrite(change)), { kind: 'start-session', session: SESSION });
    }
  });

  it('further members of the response are left alone', () => {
    const response = { ...RESPONSE, ResponseMetadata: { HTTPStatusCode: 200 } };
    assert.deepEqual(start(response), { kind: 'start-session', session: SESSION });
  });

  it('a session id that is not the one in the URL', () => {
    const invocation = start({ ...RESPONSE, SessionId: 'something-else' });
    assert.deepEqual(invocation, {
      kind: 'start-session',
      session: { ...SESSION, sessionId: 'something-else' },
    });
  });
});

describe('a response in an environment variable', () => {
  it('is taken out of the environment', () => {
    const environment = new Map([
      ['AWS_SSM_START_SESSION_RESPONSE_42', JSON.stringify(RESPONSE)],
      ['OTHER', 'stays'],
    ]);
    const invocation = parseInvocation(
      ['AWS_SSM_START_SESSION_RESPONSE_42', 'us-east-1', 'StartSession'],
      (name) => {
        const value = environment.get(name);
        environment.delete(name);
        return value;
      },
      [],
      () => false,
    );
    assert.deepEqual(invocation, { kind: 'start-session', session: SESSION });
    assert.deepEqual([...environment.keys()], ['OTHER']);
  });

  it('that is not set is named', () => {
    assert.match(
      reasonOf(start('AWS_SSM_START_SESSION_RESPONSE_42')),
      /AWS_SSM_START_SESSION_RESPONSE_42 .*not set/,
    );
  });

  it('is read from no other variable', () => {
    const take = (): never => assert.fail('a variable was taken');
    const invocation = parseInvocation(
      ['HOME', 'us-east-1', 'StartSession'],
      take,
      [],
      () => false,
    );
    assert.match(reasonOf(invocation), /not a JSON object/);
  });
});

describe('arguments that cannot start a session', () => {
  for (const [name, response, reason] of [
    ['a response that is no JSON', '{"SessionId":', /StartSession response is not a JSON object/],
    ['a response that is a list', '[]', /StartSession response is not a JSON object/],
    ['a response that is null', 'null', /StartSession response is not a JSON object/],
    ['no session id', { ...RESPONSE, SessionId: undefined }, /no SessionId/],
    ['an empty session id', { ...RESPONSE, SessionId: '' }, /no SessionId/],
    ['a session id that is no text', { ...RESPONSE, SessionId: 7 }, /no SessionId/],
    ['no token', { ...RESPONSE, TokenValue: undefined }, /no TokenValue/],
    ['no URL', { ...RESPONSE, StreamUrl: undefined }, /StreamUrl/],
    ['a URL of another scheme', { ...RESPONSE, StreamUrl: 'https://example.com/' }, /StreamUrl/],
    ['a URL that is none', { ...RESPONSE, StreamUrl: 'wss://' }, /StreamUrl/],
  ] as const) {
    it(name, () => {
      assert.match(reasonOf(start(response)), reason);
    });
  }

  it('parameters that are no JSON object', () => {
    assert.match(
      reasonOf(start(RESPONSE, '', '{"Target":', '')),
      /parameters .* not a JSON object/,
    );
  });

  it('their reasons never hold the token or the URL', () => {
    const secrets = { ...RESPONSE, TokenValue: 's3cret', StreamUrl: 'ftp://s3cret/' };
    assert.doesNotMatch(reasonOf(start(secrets)), /s3cret/);
    assert.doesNotMatch(reasonOf(start(JSON.stringify(secrets).slice(0, -1))), /s3cret/);
  });
});

describe('a session id', () => {
  for (const character of ['\x1b', '\n', '\u009b', '\x7f', '\u202e']) {
    it(`with ${JSON.stringify(character)} is refused, and not quoted`, () => {
      assert.equal(
        reasonOf(start({ ...RESPONSE, SessionId: `a${character}b` })),
        'The SessionId of the StartSession response holds control characters',
      );
    });
  }

  it('is otherwise any text, of which nothing is parsed', () => {
    const invocation = start({ ...RESPONSE, SessionId: 'https://a/?token=ä b#' });
    assert.equal(invocation.kind, 'start-session');
    assert.equal(invocation.session.sessionId, 'https://a/?token=ä b#');
  });
});
