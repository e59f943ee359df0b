import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseInvocation } from '../../../src/cli/invocation/caller-contract.ts';
import { closestMatch } from '../../../src/cli/invocation/edit-distance.ts';
import { asksForVersion, isSubcommand } from '../../../src/cli/invocation/subcommands.ts';

const COMMANDS = ['shell', 'exec'];

const RESPONSE = JSON.stringify({ SessionId: 's', TokenValue: 't', StreamUrl: 'wss://x' });

function isOwn(...args: readonly string[]): boolean {
  return isSubcommand(args, COMMANDS, () => false);
}

function isOwnForPerson(...args: readonly string[]): boolean {
  return isSubcommand(args, COMMANDS, () => true);
}

describe('the name of a command', () => {
  it('is recognised as the first argument, whatever follows', () => {
    for (const name of COMMANDS) {
      assert.ok(isOwn(name));
      assert.ok(isOwn(name, 'us-east-1', 'StartSession', '', '{}', ''));
      assert.ok(!isOwn('{}', name));
    }
  });

  it('is an invocation of its own, which reads no environment', () => {
    const taken: string[] = [];
    const take = (name: string): undefined => void taken.push(name);
    const parse = (...args: string[]): object => parseInvocation(args, take, COMMANDS, () => false);
    assert.deepEqual(parse('shell', 'i-1', 'x'), { kind: 'subcommand' });
    assert.deepEqual(parse('--help'), { kind: 'subcommand' });
    assert.deepEqual(parse('--region', 'x', 'shell'), { kind: 'subcommand' });
    assert.deepEqual(taken, []);
  });
});

describe('words that ask for help or the version', () => {
  for (const typed of ['help', 'help shell', 'help nothing', '--help nothing', '-h nothing']) {
    it(`are understood for a person, not for a caller: ${typed}`, () => {
      assert.ok(isOwnForPerson(...typed.split(' ')));
      assert.ok(!isOwn(...typed.split(' ')));
    });
  }

  for (const typed of ['version', '-v', '-V']) {
    it(`are understood for a person, not for a caller: ${typed}`, () => {
      assert.ok(asksForVersion([typed], () => true));
      assert.ok(!asksForVersion([typed], () => false));
      assert.ok(!asksForVersion([typed, 'shell'], () => true));
    });
  }

  it('are understood for both as options', () => {
    for (const typed of ['--help', '-h', '--help shell', '-h exec', '--json --help']) {
      assert.ok(isOwn(...typed.split(' ')));
    }
  });
});

describe('the arguments of a caller', () => {
  const calls = [
    [],
    ['--version', '--json'],
    [RESPONSE, 'us-east-1', 'StartSession'],
    [RESPONSE, 'us-east-1', 'StartSession', 'help', '{}', ''],
    ['AWS_SSM_START_SESSION_RESPONSE', 'us-east-1', 'StartSession', '', '{}', ''],
    ['{}', 'us-east-1', 'ResumeSession'],
    ['--foo', 'shell'],
    ['frobnicate'],
    [''],
  ];
  for (const args of calls) {
    it(`are left alone, also in the terminal of a person: ${JSON.stringify(args)}`, () => {
      assert.ok(!isOwn(...args));
      assert.ok(!isOwnForPerson(...args));
    });
  }
});

describe('the closest word', () => {
  for (const [typed, meant] of [
    ['shel', 'shell'],
    ['sehll', 'shell'],
    ['shells', 'shell'],
    ['exce', 'exec'],
    ['--shell', 'shell'],
    ['start-sesion', 'start-session'],
    ['help', '--help'],
  ] as const) {
    it(`to ${typed} is ${meant}`, () => {
      assert.equal(closestMatch(typed, ['exec', 'shell', 'start-session', '--help']), meant);
    });
  }

  for (const typed of ['', 'x', 'sh', 'held', 'Unknown', 'i-0123456789abcdef0']) {
    it(`to ${JSON.stringify(typed)} is none`, () => {
      assert.equal(closestMatch(typed, ['exec', 'shell', 'start-session']), undefined);
    });
  }
});
