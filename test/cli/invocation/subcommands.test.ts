import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseInvocation } from '../../../src/cli/invocation/caller-contract.ts';
import { closestWord } from '../../../src/cli/invocation/edit-distance.ts';
import { isSubcommand } from '../../../src/cli/invocation/subcommands.ts';

const COMMANDS = ['shell', 'exec'];

describe('the name of a command', () => {
  it('is recognised as the first argument only, whatever follows', () => {
    for (const name of COMMANDS) {
      assert.ok(isSubcommand([name], COMMANDS));
      assert.ok(isSubcommand([name, 'us-east-1', 'StartSession', '', '{}', ''], COMMANDS));
      assert.ok(!isSubcommand(['{}', name], COMMANDS));
    }
  });

  it('is an invocation of its own, which reads no environment', () => {
    const taken: string[] = [];
    const take = (name: string): undefined => void taken.push(name);
    const parse = (...args: string[]): object => parseInvocation(args, take, COMMANDS);
    assert.deepEqual(parse('shell', 'i-1', 'x'), { kind: 'own-command' });
    assert.deepEqual(parse('--help'), { kind: 'own-command' });
    assert.deepEqual(taken, []);
  });
});

describe('the option for the help of the program', () => {
  it('is recognised only as the single argument', () => {
    assert.ok(isSubcommand(['--help'], COMMANDS));
    assert.ok(isSubcommand(['-h'], COMMANDS));
    assert.ok(!isSubcommand(['--help', 'shell'], COMMANDS));
    assert.ok(!isSubcommand(['help'], COMMANDS));
  });
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
      assert.equal(closestWord(typed, ['exec', 'shell', 'start-session', '--help']), meant);
    });
  }

  for (const typed of ['', 'x', 'sh', 'held', 'Unknown', 'i-0123456789abcdef0']) {
    it(`to ${JSON.stringify(typed)} is none`, () => {
      assert.equal(closestWord(typed, ['exec', 'shell', 'start-session']), undefined);
    });
  }
});
