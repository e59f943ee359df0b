import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwsError } from '../../../src/aws/sdk/aws-error.ts';
import { listenForCallback } from '../../../src/aws/credentials/sign-in/browser-callback.ts';
import type { SignInPrompt } from '../../../src/aws/credentials/sign-in/user-prompt.ts';
import { signInByBrowser } from '../../../src/aws/credentials/sign-in/sign-in-by-browser.ts';
import { signInByDeviceCode } from '../../../src/aws/credentials/sign-in/sign-in-by-device-code.ts';
import type { Oidc, SsoToken } from '../../../src/aws/credentials/sign-in/sso-oidc.ts';
import {
  findSsoSession,
  ssoTokenPath,
  type SsoSession,
} from '../../../src/aws/credentials/sign-in/sso-session.ts';
import { createDeferred } from '../../../src/lib/deferred.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const SESSION: SsoSession = {
  name: 'company',
  startUrl: 'https://company.example/start',
  region: 'eu-west-1',
  scopes: [],
};
const TOKEN: SsoToken = { accessToken: 'new', expiresInMs: 1, refreshToken: undefined };

function prompt(openBrowser: (url: string) => void): SignInPrompt {
  return {
    hasBrowser: true,
    confirm: () => Promise.resolve(true),
    show: () => undefined,
    openBrowser,
  };
}

/** @param createToken - answers the n-th question, counted from 1 */
function oidc(createToken: (n: number) => Promise<SsoToken>): Oidc {
  let asked = 0;
  return {
    url: 'https://oidc.example',
    register: () => Promise.resolve({ clientId: 'id', clientSecret: 'secret', expiresAt: 0 }),
    startDeviceAuthorization: () =>
      Promise.resolve({
        deviceCode: 'device',
        userCode: 'CODE',
        verificationUri: 'https://device.example',
        verificationUriComplete: 'https://device.example/?code',
        intervalMs: 2_000,
      }),
    createToken: () => createToken(++asked),
    pending: (error) =>
      error instanceof Error && error.message === 'slow down' ? 'slower' : 'pending',
    whyEnded: () => undefined,
  };
}

/** Answers of promises that are settled already have been taken by then. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('a sign-in by a code', () => {
  it('polls at the interval of the service, and less often when the service requires it', async () => {
    const clock = createVirtualClock();
    const asked: number[] = [];
    const answers = ['pending', 'slow down', 'pending'];
    const signedIn = signInByDeviceCode(
      SESSION,
      oidc((n) => {
        asked.push(clock.monotonic());
        const answer = answers[n - 1];
        return answer === undefined ? Promise.resolve(TOKEN) : Promise.reject(new Error(answer));
      }),
      prompt(() => undefined),
      clock,
    );
    for (let second = 0; second < 18; second++) {
      await settled();
      clock.advance(1_000);
    }
    assert.deepEqual((await signedIn)[1], TOKEN);
    assert.deepEqual(asked, [2_000, 4_000, 11_000, 18_000]);
  });
});

describe('a sign-in in the browser', () => {
  for (const [what, query, words] of [
    ['another sign-in', 'code=c&state=another', /another sign-in/],
    ['a refusal', 'error=access_denied', /denied in the browser/],
  ] as const) {
    it(`takes ${what} for none`, async () => {
      const signedIn = signInByBrowser(
        SESSION,
        oidc(() => assert.fail('there is no code')),
        prompt((url) => {
          const callback = new URL(url).searchParams.get('redirect_uri') ?? '';
          void fetch(`${callback}?${query}`);
        }),
        createVirtualClock(),
      );
      await assert.rejects(
        signedIn,
        (error) => error instanceof AwsError && words.test(error.message),
      );
    });
  }

  it('gives up after 10 minutes', async () => {
    const clock = createVirtualClock();
    const opened = createDeferred<undefined>();
    const signedIn = signInByBrowser(
      SESSION,
      oidc(() => assert.fail('there is no code')),
      prompt(() => opened.resolve(undefined)),
      clock,
    );
    const refused = assert.rejects(signedIn, /it was not finished within 10 minutes/);
    await opened.promise;
    await settled();
    clock.advance(10 * 60_000);
    await refused;
  });

  it('does not take what else asks at its port for the answer', async (t) => {
    const callback = await listenForCallback();
    t.after(() => callback.close());
    assert.equal((await fetch(new URL('/favicon.ico', callback.uri))).status, 404);
    assert.equal((await fetch(callback.uri)).status, 404);
    const page = await fetch(`${callback.uri}?code=c&state=s`);
    assert.match(await page.text(), /return to the terminal/);
    assert.equal((await callback.answer).get('code'), 'c');
  });
});

describe('what a profile has signed in to', () => {
  const ssoSessions = new Map([
    [
      'company',
      {
        sso_start_url: SESSION.startUrl,
        sso_region: SESSION.region,
        sso_registration_scopes: 'sso:account:access, other:scope',
      },
    ],
  ]);
  const scopes = ['sso:account:access', 'other:scope'];

  // The names are SHA-1 of `company` and of the URL (botocore/utils.py, `SSOTokenLoader`).
  for (const [what, profile, session, file] of [
    [
      'its sso-session',
      { sso_session: 'company' },
      { ...SESSION, scopes },
      '71b21161ffa1e6516bcc072aaf5ef38cbe85b511.json',
    ],
    [
      'its older settings',
      { sso_start_url: SESSION.startUrl, sso_region: SESSION.region },
      { ...SESSION, name: undefined },
      '6de5429f0b053f08cede2b3ac6756f2de80f894e.json',
    ],
  ] as const) {
    it(`is in ${what}, and kept where the AWS CLI keeps it`, () => {
      assert.deepEqual(findSsoSession(profile, ssoSessions), session);
      assert.equal(
        ssoTokenPath(session, { HOME: '/home/jane' }),
        `/home/jane/.aws/sso/cache/${file}`,
      );
    });
  }

  it('is nothing without a session, or without its region', () => {
    assert.equal(findSsoSession({ sso_session: 'other' }, ssoSessions), undefined);
    assert.equal(findSsoSession({ sso_start_url: SESSION.startUrl }, ssoSessions), undefined);
    assert.equal(findSsoSession({ region: 'eu-west-1' }, ssoSessions), undefined);
  });
});
