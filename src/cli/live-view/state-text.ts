import type { CheckResult, PortState, SessionCount } from '../ports/forwarded-port.ts';

/** What the state of a port is written of. */
export interface StateRow {
  readonly state: PortState;
  /** Undefined when it is not known whether it answers. */
  readonly destination: CheckResult | undefined;
  readonly sessions: SessionCount;
}

const MS_PER_SECOND = 1000;
/** Select Graphic Rendition (ECMA-48). */
export const DIM = 2;
const RED = 31;
const GREEN = 32;
const YELLOW = 33;
const STATE_COLORS: Readonly<Record<PortState['kind'], number>> = {
  connecting: YELLOW,
  listening: GREEN,
  idle: GREEN,
  starting: YELLOW,
  pausing: YELLOW,
  reconnecting: YELLOW,
  failed: RED,
  ended: DIM,
};

const LONGEST_STATE = 'reconnecting 9999 s';

/** Yellow, too, while one of several sessions is missing. */
export function colorOf({ state, destination, sessions: { up, of } }: StateRow): number {
  if (state.kind === 'listening' && hasNoAnswer(destination)) return RED;
  const isPartial = state.kind === 'listening' && of > 1 && up < of;
  return isPartial ? YELLOW : STATE_COLORS[state.kind];
}

/** The longest text while only its number changes. */
export function longestState({ state, destination, sessions: { of } }: StateRow): string {
  if (state.kind === 'reconnecting' || state.kind === 'pausing') return LONGEST_STATE;
  return state.kind === 'listening' && of > 1 ? `${listeningText(destination)} ${of}/${of}` : '';
}

/** With several sessions, `listening 3/4`: how many of them take connections. */
export function stateText(
  { state, destination, sessions: { up, of } }: StateRow,
  now: number,
): string {
  if (state.kind === 'listening')
    return `${listeningText(destination)}${of > 1 ? ` ${up}/${of}` : ''}`;
  if (state.kind === 'reconnecting') return `reconnecting ${seconds(now - state.since)}`;
  if (state.kind === 'pausing') return `again in ${seconds(state.until - now)}`;
  return state.kind;
}

/** What is known of the destination includes that the port listens. */
function listeningText(destination: CheckResult | undefined): string {
  if (destination === undefined) return 'listening';
  return hasNoAnswer(destination) ? 'no answer' : 'answers';
}

function hasNoAnswer(destination: CheckResult | undefined): boolean {
  return destination === 'refused' || destination === 'silent';
}

function seconds(milliseconds: number): string {
  return `${Math.max(0, Math.round(milliseconds / MS_PER_SECOND))} s`;
}
