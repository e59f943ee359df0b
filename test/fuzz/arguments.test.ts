import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseInvocation } from '../../src/cli/invocation/caller-contract.ts';
import { COMMANDS } from '../../src/commands/index.ts';
import { isSubcommand } from '../../src/cli/invocation/subcommands.ts';
import type { Random } from '../support/random.ts';
import { fuzz } from './support/cases.ts';
import { mutateJson } from './support/mutations.ts';

const VARIABLE = 'AWS_SSM_START_SESSION_RESPONSE_1';
const TOKEN = 'AAEAAbcdefghijklmnopqrstuvwxyz0123456789';
const RESPONSE = JSON.stringify({
  SessionId: 'user-0123456789abcdef0',
  TokenValue: TOKEN,
  StreamUrl:
    'wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/user?role=publish_subscribe',
});
const REQUEST = JSON.stringify({
  Target: 'i-0123456789abcdef0',
  DocumentName: 'AWS-StartSSHSession',
  Parameters: { portNumber: ['22'] },
});
const ENDPOINT = 'https://ssm.eu-west-1.amazonaws.com';
const COMMAND_NAMES = COMMANDS.map(({ name }) => name);
const WORDS = ['', '--version', '--help', 'StartSession', 'TerminateSession', VARIABLE, '{}', '\0'];

interface Call {
  readonly args: readonly string[];
  readonly variable: string | undefined;
}

function damagedCall(random: Random): Call {
  const response = random.chance(0.8) ? mutateJson(RESPONSE, random) : RESPONSE;
  const request = random.chance(0.5) ? mutateJson(REQUEST, random) : REQUEST;
  const isInEnvironment = random.chance(0.3);
  const args = [
    isInEnvironment ? VARIABLE : response,
    'eu-west-1',
    'StartSession',
    'profile',
    request,
    ENDPOINT,
  ].slice(0, random.between(0, 6));
  for (let changes = random.below(3); changes > 0; changes--) {
    args[random.below(args.length + 1)] = WORDS[random.below(WORDS.length)] ?? '';
  }
  return { args, variable: isInEnvironment && random.chance(0.9) ? response : undefined };
}

it('whatever the arguments, they are understood or refused, and a refusal shows no token', () =>
  fuzz(damagedCall, ({ args, variable }) => {
    const taken: string[] = [];
    const take = (name: string): string | undefined => {
      taken.push(name);
      return variable;
    };
    const invocation = parseInvocation(args, take, COMMAND_NAMES, () => false);
    assert.ok(taken.every((name) => name.startsWith('AWS_SSM_START_SESSION_RESPONSE')));
    switch (invocation.kind) {
      case 'installation-message':
        assert.equal(args.length, 0);
        break;
      case 'version':
        assert.deepEqual(args, ['--version']);
        break;
      case 'build':
        assert.ok(args.length === 2 && args.includes('--version'));
        break;
      case 'subcommand':
        assert.ok(isSubcommand(args, COMMAND_NAMES, () => false));
        break;
      case 'unknown-operation':
        assert.ok(args.length === 1 || args.length === 2);
        break;
      case 'invalid-operation':
        assert.notEqual(args[2], 'StartSession');
        break;
      case 'bad-arguments':
        assert.ok(!invocation.problem.includes(TOKEN), invocation.problem);
        assert.doesNotMatch(invocation.problem, /\n/);
        break;
      case 'start-session': {
        const { sessionId, tokenValue, streamUrl, canEncrypt } = invocation.session;
        assert.ok(sessionId !== '' && tokenValue !== '');
        assert.match(new URL(streamUrl).protocol, /^wss?:$/);
        assert.equal(canEncrypt, args.length >= 5);
      }
    }
  }));
