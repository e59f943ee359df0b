import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAgentWait, type AgentWait } from '../../../src/session/handshake/agent-wait.ts';
import type { LifecycleState } from '../../../src/session/lifecycle.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

const FAILURE = { code: 'target-not-ready', problem: 'It does not answer.', remedy: '' };
const LIMIT_MS = 15_000;
const AWAY = { code: 'agent-silent', problem: 'It is away.', remedy: '' };
const ABSENCE_MS = 60_000;

/** A session that is being opened. */
function setUp(hasLimit = true): {
  readonly wait: AgentWait;
  readonly clock: VirtualClock;
  readonly reports: () => number;
  readonly failures: readonly string[];
  readonly set: (state: LifecycleState['kind'], isConnected?: boolean) => void;
} {
  const clock = createVirtualClock();
  const failures: string[] = [];
  let kind: LifecycleState['kind'] = 'opening';
  let connected = true;
  let reports = 0;
  const wait = createAgentWait({
    clock,
    state: () => ({ kind }) as LifecycleState,
    isConnected: () => connected,
    report() {
      reports++;
      return () => {
        reports--;
      };
    },
    limit: hasLimit ? { ms: LIMIT_MS, failure: FAILURE } : undefined,
    absenceLimit: hasLimit ? { ms: ABSENCE_MS, failure: AWAY } : undefined,
    onLimit: ({ code }) => void failures.push(code),
  });
  return {
    wait,
    clock,
    reports: () => reports,
    failures,
    set(next, isConnected = true) {
      kind = next;
      connected = isConnected;
      wait.update();
    },
  };
}

describe('the wait for the agent', () => {
  it('is reported while it is the turn of the agent, and the service is connected', () => {
    const { set, reports, clock } = setUp();
    set('opening', false);
    assert.equal(reports(), 0);
    set('opening');
    set('opening');
    assert.equal(reports(), 1);
    set('answering');
    assert.equal(reports(), 0);
    set('handshake');
    assert.equal(reports(), 1);
    set('running');
    assert.deepEqual([reports(), clock.pending], [0, 0]);
  });

  it('ends at its limit with the failure of the caller', () => {
    const { set, clock, failures } = setUp();
    set('opening');
    clock.advance(LIMIT_MS - 1);
    assert.deepEqual(failures, []);
    clock.advance(1);
    assert.deepEqual(failures, ['target-not-ready']);
  });

  it('has no limit by default', () => {
    const { set, clock, failures } = setUp(false);
    set('opening');
    assert.equal(clock.pending, 0);
    clock.advance(24 * 3_600_000);
    assert.deepEqual(failures, []);
  });

  it('does not end a session that has begun', () => {
    const { set, clock, failures } = setUp();
    set('opening');
    set('running');
    clock.advance(LIMIT_MS);
    assert.deepEqual(failures, []);
  });
});

// Seen with agent 3.3: after SIGKILL and a restart, it does not continue its sessions, and the service sends only
// pause_publication.
describe('an agent that is away', () => {
  it('fails a running session at the limit', () => {
    const { wait, set, clock, failures } = setUp();
    set('running');
    wait.agentConnected(false);
    clock.advance(ABSENCE_MS - 1);
    // Reported again, as after a new connection to the service.
    wait.agentConnected(false);
    assert.deepEqual(failures, []);
    clock.advance(1);
    assert.deepEqual(failures, ['agent-silent']);
  });

  it('fails nothing when it comes back before', () => {
    const { wait, set, clock, failures } = setUp();
    set('running');
    wait.agentConnected(false);
    clock.advance(ABSENCE_MS - 1);
    wait.agentConnected(true);
    assert.equal(clock.pending, 0);
    wait.agentConnected(false);
    clock.advance(ABSENCE_MS - 1);
    assert.deepEqual(failures, []);
  });

  it('is not waited for when the session ends, or without a limit', () => {
    const { wait, set, clock } = setUp();
    set('running');
    wait.agentConnected(false);
    set('ending');
    assert.equal(clock.pending, 0);
    const unlimited = setUp(false);
    unlimited.set('running');
    unlimited.wait.agentConnected(false);
    assert.equal(unlimited.clock.pending, 0);
  });
});
