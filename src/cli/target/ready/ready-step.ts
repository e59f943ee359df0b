import type { InstanceStatus } from '../../../aws/aws.ts';

/** What is known about a target that is waited for. */
export interface TargetNow {
  /** Whether its agent is at the message gateway; undefined when the user may not ask. */
  readonly isConnected: boolean | undefined;
  /** Undefined for a target that is not an EC2 instance, and when EC2 was not asked or does not answer. */
  readonly instance: InstanceStatus | 'absent' | undefined;
  /** What Systems Manager last received of its agent; undefined when it was not asked or may not be. */
  readonly ping: 'online' | 'offline' | undefined;
}

/** What this program has done to start the target, and what followed. */
export type StartProgress =
  /** Nothing. */
  | 'untouched'
  /** EC2 has accepted the start, and may report the state before for a moment. */
  | 'requested'
  /** The instance has been starting, or running. */
  | 'started';

/** What a target lacks, in the order in which it gets it. */
export type MissingPart =
  'instance' | 'stopping' | 'stopped' | 'starting' | 'agent' | 'sessions' | 'answer';

/** What to do about a target. */
export type ReadyStep =
  | { readonly kind: 'ready' }
  /** Start the instance. */
  | { readonly kind: 'start' }
  | { readonly kind: 'wait'; readonly missing: MissingPart }
  /** It will not become ready. */
  | { readonly kind: 'fail'; readonly because: 'terminated' | 'stopped-again' | 'not-startable' };

const READY: ReadyStep = { kind: 'ready' };

/** What the step depends on, besides the target. */
export interface ReadyChoice {
  /** Whether a stopped instance is started. */
  readonly starts: boolean;
  /** Whether the target is an EC2 instance: only those can be started. */
  readonly isInstance: boolean;
  readonly progress: StartProgress;
}

/**
 * Decides what follows. The state of the instance comes first: the gateway does not notice at once that an agent
 * has ended.
 */
export function readyStep(
  now: TargetNow,
  { starts, isInstance, progress }: ReadyChoice,
): ReadyStep {
  const { instance, isConnected } = now;
  const state = typeof instance === 'object' ? instance.state : instance;
  switch (state) {
    case 'terminated':
    case 'shutting-down':
      return { kind: 'fail', because: 'terminated' };
    case 'stopping':
      return progress === 'started'
        ? { kind: 'fail', because: 'stopped-again' }
        : waitFor('stopping');
    case 'stopped':
      return whenStopped(starts, progress);
    case 'pending':
      return waitFor('starting');
    case 'absent':
      return isConnected === true ? READY : waitFor('instance');
    case 'running':
    case undefined:
      return agentStep(now, starts && !isInstance);
  }
}

/** The progress once the state of the instance is known. */
export function progressAfter(progress: StartProgress, { instance }: TargetNow): StartProgress {
  if (progress !== 'requested' || typeof instance !== 'object') return progress;
  return instance.state === 'pending' || instance.state === 'running' ? 'started' : progress;
}

function whenStopped(starts: boolean, progress: StartProgress): ReadyStep {
  switch (progress) {
    case 'untouched':
      return starts ? { kind: 'start' } : waitFor('stopped');
    case 'requested':
      return waitFor('starting');
    case 'started':
      return { kind: 'fail', because: 'stopped-again' };
  }
}

/** @param cannotBeStarted - although the user has asked for it */
function agentStep({ isConnected, ping }: TargetNow, cannotBeStarted: boolean): ReadyStep {
  // Without the permission to ask, starting a session is what shows it.
  if (isConnected === true || (isConnected === undefined && ping !== 'offline')) return READY;
  if (cannotBeStarted) return { kind: 'fail', because: 'not-startable' };
  return waitFor(ping === 'online' ? 'sessions' : 'agent');
}

function waitFor(missing: MissingPart): ReadyStep {
  return { kind: 'wait', missing };
}
