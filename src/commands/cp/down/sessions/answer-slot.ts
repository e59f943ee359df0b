import type { RemoteEnd } from '../../../../cli/remote/remote.ts';
import type { Clock, Timer } from '../../../../lib/clock.ts';
import { withTimeout } from '../../../../lib/with-timeout.ts';
import { startAnswerSession, type AnswerSession } from './answer-session.ts';
import type { AskedBlock } from '../blocks/block-queue.ts';
import { requestLine } from '../blocks/block-request.ts';
import type { CommandRequests } from './request-sessions.ts';
import { createStallWatch, type StallWatch } from '../blocks/stall-watch.ts';
import type { TargetSessions } from './target-sessions.ts';

/** How long the session with the requests may take to answer a probe, in milliseconds. */
const PROBE_TIMEOUT_MS = 10_000;

/** A reply that a command owes. */
export type Owed =
  | { readonly kind: 'block'; readonly block: AskedBlock }
  /** Why a block of a file is too short. */
  | { readonly kind: 'explanation'; readonly block: AskedBlock }
  /** The last one. */
  | { readonly kind: 'end' };

/** Why a command is replaced. */
export type Loss =
  /** The connection was lost. Back, it would bring what was on its way at ten messages a second. */
  | { readonly kind: 'cut' }
  /** The agent has stopped reading the command's output. */
  | { readonly kind: 'stalled' }
  /** It is there, and answers no requests: a disk hangs, or the requests do not reach it. */
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'damaged' }
  /** The command, or the session with its requests; with its last text. */
  | {
      readonly kind: 'ended' | 'requests-ended';
      readonly end: RemoteEnd;
      readonly text: string;
    };

/** What happens to the command of a slot. */
export interface SlotEvents {
  replied(owed: Owed, reply: Buffer): void;
  /** The slot is still open: `replace` closes it. */
  lost(loss: Loss): void;
}

/** Runs commands that answer requests, one after the other. */
export interface AnswerSlot {
  readonly state: 'closed' | 'pausing' | 'open';
  /** Whether it is open, and its connection was not lost. */
  readonly canAsk: boolean;
  /** Whether a command owes replies. */
  readonly isOwed: boolean;
  /** Whether the command has owed this. */
  owes(kind: Owed['kind']): boolean;
  open(script: string, requests: CommandRequests, isPipe: boolean): void;
  /** Sends a request. */
  ask(owed: Owed): void;
  /** Looks whether the command has stalled. To be called each second. */
  check(): void;
  /** Lets no other command use its way for requests. The command is to be replaced. */
  retireRequests(): void;
  /** Ends the command at once. The slot is closed after a pause, which then calls back. */
  replace(pauseMs: number, onClosed: () => void): void;
  /** Lets the command end by itself. Resolves when it has ended. */
  finish(): Promise<string>;
  /** Ends the command at once. */
  close(): void;
}

type State =
  { readonly kind: 'closed' } | { readonly kind: 'pausing'; readonly timer: Timer } | OpenState;

interface OpenState {
  readonly kind: 'open';
  readonly session: AnswerSession;
  readonly requests: CommandRequests;
  readonly watch: StallWatch;
  readonly owed: Owed[];
  /** Whether the source may be slow. */
  readonly isPipe: boolean;
  /** The connection that brought the first output; undefined before that. */
  firstConnection: number | undefined;
}

/** @param keep - takes what ends in the background */
export function createAnswerSlot(
  sessions: TargetSessions,
  clock: Clock,
  keep: (ending: Promise<unknown>) => void,
  events: SlotEvents,
): AnswerSlot {
  let state: State = { kind: 'closed' };

  const leave = (): void => {
    if (state.kind === 'pausing') state.timer.cancel();
    if (state.kind !== 'open') return;
    state.requests.close();
    keep(state.session.stop());
  };

  return {
    get state() {
      return state.kind;
    },
    get canAsk() {
      return state.kind === 'open' && !isLost(state);
    },
    get isOwed() {
      return state.kind === 'open' && state.owed.length > 0;
    },
    owes: (kind) => state.kind === 'open' && state.owed.some((one) => one.kind === kind),
    open(script, requests, isPipe) {
      const watch = createStallWatch(clock.monotonic());
      const session = startAnswerSession(sessions, clock, script, {
        received(data) {
          watch.received(data, clock.monotonic());
          if (state.kind === 'open') state.firstConnection ??= state.session.connectedSince;
        },
        reply(text) {
          if (state.kind === 'open') takeReply(state, text, clock, events);
        },
        damaged: () => events.lost({ kind: 'damaged' }),
        ended: (end, text) => events.lost({ kind: 'ended', end, text }),
      });
      const opened = { session, requests, watch, isPipe, owed: [], firstConnection: undefined };
      state = { kind: 'open', ...opened };
    },
    ask(owed) {
      if (state.kind !== 'open') return;
      state.owed.push(owed);
      state.watch.waiting(true, clock.monotonic());
      state.requests.send(lineOf(owed));
    },
    check() {
      if (state.kind !== 'open') return;
      const checked = state;
      checkCommand(checked, clock, (loss) => {
        if (state === checked) events.lost(loss);
      });
    },
    retireRequests() {
      if (state.kind === 'open') state.requests.retire();
    },
    replace(pauseMs, onClosed) {
      leave();
      const timer = clock.after(pauseMs, () => {
        state = { kind: 'closed' };
        onClosed();
      });
      state = { kind: 'pausing', timer };
    },
    async finish() {
      if (state.kind !== 'open') return '';
      const { session, requests } = state;
      state = { kind: 'closed' };
      await session.finish();
      requests.close();
      return session.errorText;
    },
    close() {
      leave();
      state = { kind: 'closed' };
    },
  };
}

function checkCommand(state: OpenState, clock: Clock, lost: (loss: Loss) => void): void {
  const { session, watch, isPipe } = state;
  if (isLost(state)) {
    if (session.connectedSince !== undefined) lost({ kind: 'cut' });
    return;
  }
  const activity = watch.check(clock.monotonic());
  if (activity === 'unanswered' && isPipe) probe(state, clock, lost);
  else if (activity !== 'active') lost({ kind: activity });
}

/** A script may be slow, but its requests must reach it. */
function probe({ watch, requests }: OpenState, clock: Clock, lost: (loss: Loss) => void): void {
  watch.excuse(clock.monotonic());
  const answer = requests.probe().then(() => true);
  void withTimeout(clock, PROBE_TIMEOUT_MS, answer, () => false).then((isAnswered) => {
    if (!isAnswered) lost({ kind: 'unanswered' });
  });
}

function takeReply(state: OpenState, text: Buffer, clock: Clock, events: SlotEvents): void {
  const owed = state.owed.shift();
  if (owed === undefined) {
    events.lost({ kind: 'damaged' });
    return;
  }
  state.watch.waiting(state.owed.length > 0, clock.monotonic());
  events.replied(owed, text);
}

function isLost({ session, firstConnection }: OpenState): boolean {
  return firstConnection !== undefined && session.connectedSince !== firstConnection;
}

function lineOf(owed: Owed): string {
  switch (owed.kind) {
    case 'block':
      return requestLine(owed.block);
    case 'explanation':
      return `e ${owed.block.skip} ${owed.block.units}`;
    case 'end':
      return 'q';
  }
}
