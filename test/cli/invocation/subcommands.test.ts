import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { parseInvocation } from '../../../src/cli/invocation/caller-contract.ts';
import { takeSignals } from '../../../src/cli/process/command-signals.ts';
import { createProgram } from '../../../src/cli/framework/command-line.ts';
import { COMMANDS } from '../../../src/commands/index.ts';
import { createProcessContext } from '../../../src/cli/framework/process-context.ts';
import { watchFatalErrors } from '../../../src/cli/process/fatal-errors.ts';
import { closestWord } from '../../../src/cli/invocation/edit-distance.ts';
import { isSubcommand, SUBCOMMANDS } from '../../../src/cli/invocation/subcommands.ts';
import type { SignalSource } from '../../../src/cli/process/process-signals.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const NO_PROCESS: SignalSource = {
  platform: 'linux',
  ppid: 1,
  on: () => undefined,
  off: () => undefined,
  kill: () => true,
};

describe('the words of own commands', () => {
  it('are those of the commands there are', () => {
    const clock = createVirtualClock();
    const signals = takeSignals(NO_PROCESS, true);
    const fatalErrors = watchFatalErrors(new EventEmitter(), clock);
    const context = createProcessContext([], '1.3.0.0', signals, fatalErrors);
    const program = createProgram(COMMANDS, context);
    const names = program.commands.map((command) => command.name());
    assert.deepEqual([...SUBCOMMANDS].sort(), [...names].sort());
  });

  it('are recognised as the first argument only, whatever follows', () => {
    for (const word of SUBCOMMANDS) {
      assert.ok(isSubcommand([word]));
      assert.ok(isSubcommand([word, 'us-east-1', 'StartSession', '', '{}', '']));
      assert.ok(!isSubcommand(['{}', word]));
    }
  });

  it('ask for the help only as the one argument', () => {
    assert.ok(isSubcommand(['--help']));
    assert.ok(isSubcommand(['-h']));
    assert.ok(!isSubcommand(['--help', 'shell']));
    assert.ok(!isSubcommand(['help']));
  });

  it('are an invocation of their own, which reads no environment', () => {
    const taken: string[] = [];
    const take = (name: string): undefined => void taken.push(name);
    assert.deepEqual(parseInvocation(['shell', 'i-1', 'x'], take), { kind: 'own-command' });
    assert.deepEqual(parseInvocation(['--help'], take), { kind: 'own-command' });
    assert.deepEqual(taken, []);
  });
});

describe('the nearest word', () => {
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
