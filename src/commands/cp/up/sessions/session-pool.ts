import type { Clock, Timer } from '../../../../lib/clock.ts';
import { asError } from '../../../../lib/errors/as-error.ts';
import { isAwsError } from '../../../../aws/sdk/aws-error.ts';
import type { Chunk } from '../chunks/chunk-source.ts';
import {
  openReceiverSession,
  type ReceiverSession,
  type SessionEnd,
  type SessionListener,
  type SessionTools,
} from './receiver-session.ts';

/** Sessions in a row that end in one place of the pool before the target has stored anything of theirs. */
const MAX_FRUITLESS_SESSIONS = 3;
/** The pause before a new session after a lost one, in milliseconds; twice as long after each further one. */
const FIRST_PAUSE_MS = 1_000;
/** How long sessions may take to end by themselves when everything is copied, in milliseconds. */
const QUIT_TIMEOUT_MS = 3_000;

/** What the sessions of a pool work on. */
export interface PoolWork extends SessionListener {
  /**
   * Works with a session until there is nothing left to do.
   *
   * @returns false when the session has ended before
   * @throws when the whole work has failed
   */
  work(session: ReceiverSession): Promise<boolean>;
  /** The target could not store something: the error that the work fails with. */
  refused(text: string): Error;
}

/** What a pool works with. */
export interface PoolOptions extends SessionTools {
  /** Sessions side by side. */
  readonly sessions: number;
  /**
   * Ends all sessions, also those that are being started: aborted here when the work has failed, and elsewhere to
   * stop it.
   */
  readonly controller: AbortController;
}

/** How a place of the pool has ended. */
type SlotEnd =
  { readonly kind: 'finished' | 'stopped' } | { readonly kind: 'lost'; readonly error: Error };

/**
 * Runs sessions side by side. A lost one is replaced, as long as the one before it was of use; the others go on
 * meanwhile.
 *
 * @returns whether the work is finished; false when it was stopped
 * @throws what the work throws; the error of a lost session when none is left
 */
export async function runPool(work: PoolWork, options: PoolOptions): Promise<boolean> {
  const { clock, controller, sessions } = options;
  let failure: { readonly error: Error } | undefined;
  let lateSessions: Timer | undefined;

  const runGuarded = async (): Promise<SlotEnd> => {
    try {
      const end = await runSlot(work, options);
      if (end.kind === 'finished') {
        lateSessions ??= clock.after(QUIT_TIMEOUT_MS, () => controller.abort());
      }
      return end;
    } catch (thrown) {
      const error = asError(thrown);
      failure ??= { error };
      controller.abort();
      return { kind: 'lost', error };
    }
  };

  const ends = await Promise.all(Array.from({ length: sessions }, runGuarded));
  lateSessions?.cancel();
  if (failure !== undefined) throw failure.error;
  if (ends.some(({ kind }) => kind === 'finished')) return true;
  for (const end of ends) if (end.kind === 'lost' && !controller.signal.aborted) throw end.error;
  return false;
}

async function runSlot(work: PoolWork, options: PoolOptions): Promise<SlotEnd> {
  const { clock, controller, sessions } = options;
  let fruitless = 0;
  for (;;) {
    const stored = countStored(work);
    const session = await openReceiverSession(options, stored.listener, sessions);
    const end = await workUntilEnd(work, session, controller);
    if (end === 'finished') return { kind: 'finished' };
    if (controller.signal.aborted || end.kind === 'stopped') return { kind: 'stopped' };
    fruitless = stored.count() > 0 ? 1 : fruitless + 1;
    if (fruitless >= MAX_FRUITLESS_SESSIONS || !mayRecover(end.error)) return end;
    await pause(clock, FIRST_PAUSE_MS * 2 ** (fruitless - 1), controller.signal);
  }
}

/**
 * Works with one session. It has ended when this returns or throws.
 *
 * @throws what the work throws
 */
async function workUntilEnd(
  work: PoolWork,
  session: ReceiverSession,
  controller: AbortController,
): Promise<'finished' | Exclude<SessionEnd, { kind: 'refused' }>> {
  try {
    if (await work.work(session)) {
      await session.quit();
      return 'finished';
    }
    const { end } = session;
    if (end?.kind === 'lost' || end?.kind === 'stopped') return end;
    if (controller.signal.aborted) return { kind: 'stopped' };
    throw work.refused(end?.text ?? '');
  } catch (error) {
    controller.abort();
    throw error;
  } finally {
    await session.ended;
  }
}

function countStored(listener: SessionListener): {
  readonly listener: SessionListener;
  count(): number;
} {
  let count = 0;
  return {
    listener: {
      stored(chunk: Chunk) {
        count++;
        listener.stored(chunk);
      },
      unsent: (chunks) => listener.unsent(chunks),
    },
    count: () => count,
  };
}

/** Whether another session may do better: not when AWS refuses it. */
function mayRecover(error: Error): boolean {
  return !isAwsError(error) || error.isTransient;
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(delayMs, resolve);
    signal.addEventListener(
      'abort',
      () => {
        timer.cancel();
        resolve();
      },
      { once: true },
    );
  });
}
