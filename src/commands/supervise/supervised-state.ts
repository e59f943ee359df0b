/** Where a connection in the background is. */
export type SupervisedState =
  /** Its process runs. */
  | 'running'
  /** Its process has ended: another one is started after a pause. */
  | 'pausing'
  /** The same, but earlier if the sign-in of its profile is renewed. */
  | 'signed-out'
  /** Its process has ended for a reason that does not change. */
  | 'failed'
  /** Its process is about to end. */
  | 'ending'
  /** It is not in the background any more. */
  | 'down';

/** What happens to it. */
export type SupervisedEvent = 'stop' | 'due' | ProcessEnd;

/** How its process ended. */
export type ProcessEnd = 'exited' | 'exited-signed-out' | 'exited-for-good';

type Transitions = Readonly<Partial<Record<SupervisedEvent, SupervisedState>>>;

/** The state after each event; an event that is not listed changes nothing. */
const TRANSITIONS: Readonly<Record<SupervisedState, Transitions>> = {
  running: {
    stop: 'ending',
    exited: 'pausing',
    'exited-signed-out': 'signed-out',
    'exited-for-good': 'failed',
  },
  pausing: { stop: 'down', due: 'running' },
  'signed-out': { stop: 'down', due: 'running' },
  failed: { stop: 'down' },
  ending: { exited: 'down', 'exited-signed-out': 'down', 'exited-for-good': 'down' },
  down: {},
};

/** @returns the state after an event */
export function stateAfter(state: SupervisedState, event: SupervisedEvent): SupervisedState {
  return TRANSITIONS[state][event] ?? state;
}
