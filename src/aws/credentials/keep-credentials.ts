import { asError } from '../../lib/errors/as-error.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AwsCredentials, CredentialsSource, LoadSdk } from './credentials.ts';

/**
 * Cached credentials are replaced this long before they expire, in milliseconds: a call and its retries
 * must not outlive them.
 */
export const RENEWAL_WINDOW_MS = 5 * 60_000;

/**
 * Minimum time for which a result is reused, in milliseconds, even a failure or credentials that expire
 * soon: the calls of one step, such as those of a command's start, share it.
 */
export const SHARED_ANSWER_MS = 5_000;

/** The result of resolving credentials. */
export interface FoundCredentials {
  readonly credentials: AwsCredentials;
  /** They were read from the environment or a file: reading them again costs nothing. */
  readonly isStatic: boolean;
}

/** Resolves credentials, with the AWS SDK where it is needed. */
export type Resolve = (loadSdk: LoadSdk) => Promise<FoundCredentials>;

type State =
  | { readonly kind: 'empty' }
  | { readonly kind: 'asking'; readonly answer: Promise<AwsCredentials> }
  | { readonly kind: 'kept'; readonly credentials: AwsCredentials; readonly until: number }
  | { readonly kind: 'failed'; readonly error: Error; readonly until: number };

/**
 * The credentials of one run, for all its calls, clients and regions. They are resolved once, and again
 * before they expire. If that fails, the cached ones are used until they expire. Static credentials are
 * not cached: a session outlives the keys in a file.
 */
export function keepCredentials(clock: Pick<Clock, 'now'>, resolve: Resolve): CredentialsSource {
  let state: State = { kind: 'empty' };

  const ask = async (
    loadSdk: LoadSdk,
    previous: AwsCredentials | undefined,
  ): Promise<AwsCredentials> => {
    try {
      const { credentials, isStatic } = await resolve(loadSdk);
      state = isStatic
        ? { kind: 'empty' }
        : { kind: 'kept', credentials, until: renewalTime(credentials, clock.now()) };
      return credentials;
    } catch (error) {
      const until = clock.now() + SHARED_ANSWER_MS;
      if (previous !== undefined && endOf(previous) > clock.now()) {
        state = { kind: 'kept', credentials: previous, until };
        return previous;
      }
      state = { kind: 'failed', error: asError(error), until };
      throw error;
    }
  };

  return {
    get(loadSdk) {
      const now = clock.now();
      if (state.kind === 'asking') return state.answer;
      if (state.kind === 'kept' && now < state.until) return Promise.resolve(state.credentials);
      if (state.kind === 'failed' && now < state.until) return Promise.reject(state.error);
      const answer = ask(loadSdk, state.kind === 'kept' ? state.credentials : undefined);
      state = { kind: 'asking', answer };
      return answer;
    },
    discard(refused) {
      if (state.kind === 'kept' && state.credentials.accessKeyId === refused.accessKeyId) {
        state = { kind: 'empty' };
      }
    },
  };
}

function endOf({ expiration }: AwsCredentials): number {
  return expiration?.getTime() ?? Infinity;
}

function renewalTime(credentials: AwsCredentials, now: number): number {
  const end = endOf(credentials);
  return Math.max(end - RENEWAL_WINDOW_MS, Math.min(end, now + SHARED_ANSWER_MS));
}
