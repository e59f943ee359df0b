import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  AwsCredentials,
  CredentialsSource,
} from '../../../src/aws/credentials/credentials.ts';
import {
  keepCredentials,
  RENEWAL_WINDOW_MS,
  SHARED_ANSWER_MS,
  type FoundCredentials,
} from '../../../src/aws/credentials/keep-credentials.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

const HOUR_MS = 3_600_000;
const loadSdk = (): never => assert.fail('the AWS SDK is not needed');

interface Kept {
  readonly clock: VirtualClock;
  readonly source: CredentialsSource;
  /** How often the source was asked. */
  readonly asked: () => number;
  readonly get: () => Promise<AwsCredentials>;
}

/** @param answer - what the n-th question, counted from 1, is answered with */
function keep(
  answer: (n: number, clock: VirtualClock) => FoundCredentials | Promise<FoundCredentials>,
): Kept {
  const clock = createVirtualClock();
  let asked = 0;
  const source = keepCredentials(clock, async () => answer(++asked, clock));
  return { clock, source, asked: () => asked, get: () => source.get(loadSdk) };
}

function found(n: number, clock: VirtualClock, lifetimeMs: number | undefined): FoundCredentials {
  const ends = lifetimeMs === undefined ? {} : { expiration: new Date(clock.now() + lifetimeMs) };
  return {
    credentials: { accessKeyId: `AK${n}`, secretAccessKey: 'secret', ...ends },
    isStatic: false,
  };
}

describe('the credentials of a run', () => {
  it('are resolved once, for calls at the same time and for later ones', async () => {
    const { get, asked, clock } = keep((n, at) => found(n, at, HOUR_MS));
    const [first, second] = await Promise.all([get(), get()]);
    assert.equal(first, second);
    clock.advance(HOUR_MS - RENEWAL_WINDOW_MS - 1);
    assert.equal(await get(), first);
    assert.equal(asked(), 1);
  });

  it('are resolved again 5 minutes before they expire', async () => {
    const { get, clock } = keep((n, at) => found(n, at, HOUR_MS));
    await get();
    clock.advance(HOUR_MS - RENEWAL_WINDOW_MS);
    assert.equal((await get()).accessKeyId, 'AK2');
  });

  it('without an end are kept', async () => {
    const { get, asked, clock } = keep((n, at) => found(n, at, undefined));
    await get();
    clock.advance(1_000 * HOUR_MS);
    await get();
    assert.equal(asked(), 1);
  });

  it('that end soon are shared by the calls of one step', async () => {
    const { get, asked, clock } = keep((n, at) => found(n, at, 60_000));
    await get();
    clock.advance(SHARED_ANSWER_MS - 1);
    await get();
    assert.equal(asked(), 1);
    clock.advance(1);
    await get();
    assert.equal(asked(), 2);
  });

  it('that are in a file are read each time', async () => {
    const { get, asked } = keep((n, at) => ({ ...found(n, at, undefined), isStatic: true }));
    await get();
    await get();
    assert.equal(asked(), 2);
  });

  it('are used until they end when they cannot be renewed', async () => {
    const { get, clock } = keep((n, at) => {
      if (n === 1) return found(n, at, HOUR_MS);
      throw new Error(`failure ${n}`);
    });
    await get();
    clock.advance(HOUR_MS - 1);
    assert.equal((await get()).accessKeyId, 'AK1');
    clock.advance(SHARED_ANSWER_MS);
    await assert.rejects(get(), /failure 3/);
  });

  it('that a service refused as expired are resolved again', async () => {
    const { get, source } = keep((n, at) => found(n, at, HOUR_MS));
    source.discard(await get());
    const second = await get();
    assert.equal(second.accessKeyId, 'AK2');
    // A refusal that comes late is about others.
    source.discard({ accessKeyId: 'AK1', secretAccessKey: 'secret' });
    assert.equal(await get(), second);
  });
});

describe('a source that fails', () => {
  it('fails once for the calls of one step, and is retried later', async () => {
    const { get, asked, clock } = keep((n, at) => {
      if (n === 1) throw new Error('not signed in');
      return found(n, at, HOUR_MS);
    });
    await assert.rejects(get(), /not signed in/);
    clock.advance(SHARED_ANSWER_MS - 1);
    await assert.rejects(get(), /not signed in/);
    assert.equal(asked(), 1);
    clock.advance(1);
    assert.equal((await get()).accessKeyId, 'AK2');
  });
});
