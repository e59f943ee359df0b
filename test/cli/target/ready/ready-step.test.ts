import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InstanceState } from '../../../../src/aws/aws.ts';
import {
  progressAfter,
  readyStep,
  type ReadyChoice,
  type ReadyStep,
  type StartProgress,
  type TargetNow,
} from '../../../../src/cli/target/ready/ready-step.ts';

const NOW: TargetNow = { isConnected: false, instance: undefined, ping: 'offline' };
const CHOICE: ReadyChoice = { starts: true, isInstance: true, progress: 'untouched' };

function inState(state: InstanceState, now: Partial<TargetNow> = {}): TargetNow {
  return { ...NOW, ...now, instance: { state, reason: '' } };
}

function stepText(step: ReadyStep): string {
  switch (step.kind) {
    case 'wait':
      return `wait for ${step.missing}`;
    case 'fail':
      return step.because;
    case 'ready':
    case 'start':
      return step.kind;
  }
}

describe('the next step for a target', () => {
  /** With `--start`, by the state of the instance and by what was done before. */
  const table: Readonly<Record<InstanceState, Readonly<Record<StartProgress, string>>>> = {
    stopped: { untouched: 'start', requested: 'wait for starting', started: 'stopped-again' },
    stopping: {
      untouched: 'wait for stopping',
      requested: 'wait for stopping',
      started: 'stopped-again',
    },
    pending: {
      untouched: 'wait for starting',
      requested: 'wait for starting',
      started: 'wait for starting',
    },
    running: {
      untouched: 'wait for agent',
      requested: 'wait for agent',
      started: 'wait for agent',
    },
    'shutting-down': { untouched: 'terminated', requested: 'terminated', started: 'terminated' },
    terminated: { untouched: 'terminated', requested: 'terminated', started: 'terminated' },
  };
  for (const [state, steps] of Object.entries(table)) {
    for (const [progress, expected] of Object.entries(steps)) {
      it(`is "${expected}" for an instance that is ${state}, when it is ${progress}`, () => {
        const step = readyStep(inState(state as InstanceState), {
          ...CHOICE,
          progress: progress as StartProgress,
        });
        assert.equal(stepText(step), expected);
      });
    }
  }

  it('is to wait for a stopped instance without --start', () => {
    const step = readyStep(inState('stopped'), { ...CHOICE, starts: false });
    assert.equal(stepText(step), 'wait for stopped');
  });

  it('comes from the state of the instance while the gateway still has its agent', () => {
    const step = readyStep(inState('stopping', { isConnected: true }), CHOICE);
    assert.equal(stepText(step), 'wait for stopping');
  });

  for (const [now, expected] of [
    [{ isConnected: true, ping: undefined }, 'ready'],
    [{ isConnected: false, ping: 'online' }, 'wait for sessions'],
    [{ isConnected: false, ping: 'offline' }, 'wait for agent'],
    [{ isConnected: false, ping: undefined }, 'wait for agent'],
    [{ isConnected: undefined, ping: 'online' }, 'ready'],
    [{ isConnected: undefined, ping: 'offline' }, 'wait for agent'],
    [{ isConnected: undefined, ping: undefined }, 'ready'],
  ] as const) {
    it(`is "${expected}" for a running one with ${JSON.stringify(now)}`, () => {
      assert.equal(stepText(readyStep(inState('running', now), CHOICE)), expected);
      assert.equal(stepText(readyStep({ ...now, instance: undefined }, CHOICE)), expected);
    });
  }

  it('is to fail for another machine that --start cannot start', () => {
    assert.equal(stepText(readyStep(NOW, { ...CHOICE, isInstance: false })), 'not-startable');
    const waits = readyStep(NOW, { ...CHOICE, isInstance: false, starts: false });
    assert.equal(stepText(waits), 'wait for agent');
  });

  it('is to wait for an instance that EC2 does not know, unless its agent is connected', () => {
    assert.equal(stepText(readyStep({ ...NOW, instance: 'absent' }, CHOICE)), 'wait for instance');
    const connected = readyStep({ ...NOW, instance: 'absent', isConnected: true }, CHOICE);
    assert.equal(stepText(connected), 'ready');
  });
});

describe('the progress of a start', () => {
  it('is made when EC2 reports that the instance is starting or running', () => {
    assert.equal(progressAfter('requested', inState('stopped')), 'requested');
    assert.equal(progressAfter('requested', inState('pending')), 'started');
    assert.equal(progressAfter('requested', inState('running')), 'started');
    assert.equal(progressAfter('untouched', inState('running')), 'untouched');
    assert.equal(progressAfter('requested', NOW), 'requested');
  });
});
