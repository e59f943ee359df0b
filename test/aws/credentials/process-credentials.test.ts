import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { basename, join } from 'node:path';
import { it } from 'node:test';
import type { CleanupScope } from '../../support/cleanup-scope.ts';
import { homeWith } from '../aws-files.ts';
import { FROM_CHAIN, ISSUED, resolve, refused } from './support/resolve-process.ts';

const PRINTED = {
  Version: 1,
  AccessKeyId: ISSUED.accessKeyId,
  SecretAccessKey: ISSUED.secretAccessKey,
  SessionToken: ISSUED.sessionToken,
  Expiration: new Date(ISSUED.expiration).toISOString(),
};
const FROM_PROCESS = { ...FROM_CHAIN, sdkLoaded: false };

/** A home with a profile `p` whose process is this script. */
function withScript(scope: CleanupScope, script: string, args = ''): string {
  const home = homeWith(scope, { script });
  const path = join(home, 'script');
  chmodSync(path, 0o700);
  return homeWith(scope, { '.aws/config': `[profile p]\ncredential_process = ${path}${args}\n` });
}

function printing(text: string): string {
  return `#!/bin/sh\ncat <<'END'\n${text}\nEND\n`;
}

it('process: what it prints is taken, without the AWS SDK', async (t) => {
  const home = withScript(t, printing(JSON.stringify(PRINTED)));
  assert.deepEqual(await resolve(home, 'p'), FROM_PROCESS);
});

it('process: its words reach it as they are, without a shell', async (t) => {
  const script = `#!/bin/sh\n[ "$1|$2|$3" = 'a b|$HOME|c;d' ] || exit 1\n${printing(JSON.stringify(PRINTED))}`;
  const home = withScript(t, script, ` "a b" '$HOME' c;d`);
  assert.deepEqual(await resolve(home, 'p'), FROM_PROCESS);
});

it('process: without a user its stdin is the null device', async (t) => {
  const script = `#!/bin/sh\nread -r answer && exit 1\n${printing(JSON.stringify(PRINTED))}`;
  assert.deepEqual(await resolve(withScript(t, script), 'p'), FROM_PROCESS);
});

it('process: the one of a source profile is named', async (t) => {
  const config = homeWith(t, {
    '.aws/config':
      '[profile role]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = p\n' +
      '[profile p]\ncredential_process = cat /nonexistent/credentials\n',
  });
  refused(await resolve(config, 'role'), 'no-credentials', /profile p failed with status 1: cat: /);
});

it('process: one that fails is reported by its last line, without its command', async (t) => {
  const script =
    '#!/bin/sh\necho "secret first line" >&2\nprintf "sign in \\033[1mfirst\\n\\n" >&2\necho secret\nexit 3\n';
  const outcome = await resolve(withScript(t, script, ' --password secret'), 'p');
  refused(outcome, 'no-credentials');
  assert.equal(
    outcome.message,
    'The credential_process of profile p failed with status 3: sign in [1mfirst. Run its command in a terminal, and correct what it reports.',
  );
});

it('process: a missing program is named', async (t) => {
  const home = homeWith(t, {
    '.aws/config': '[profile p]\ncredential_process = no-such-program --password secret\n',
  });
  refused(await resolve(home, 'p'), 'no-credentials', /there is no program no-such-program/);
});

it('process: one in the current directory is not found by its name, however PATH names that', async (t) => {
  const home = homeWith(t, {
    'own-keys': printing(JSON.stringify(PRINTED)),
    '.aws/config': '[profile p]\ncredential_process = own-keys\n',
  });
  chmodSync(join(home, 'own-keys'), 0o700);
  for (const first of ['.', '', `../${basename(home)}`]) {
    const PATH = `${first}:${process.env['PATH'] ?? ''}`;
    refused(await resolve(home, 'p', { PATH }), 'no-credentials', /there is no program own-keys/);
  }
  const PATH = `${home}:${process.env['PATH'] ?? ''}`;
  assert.deepEqual(await resolve(home, 'p', { PATH }), FROM_PROCESS);
});

for (const [what, printed, reason, words] of [
  ['no JSON', 'secret', 'no-credentials', /printed no JSON object/],
  ['no version', '{"AccessKeyId":"secret"}', 'no-credentials', /no "Version"/],
  ['another version', JSON.stringify({ ...PRINTED, Version: 2 }), 'no-credentials', /version 2/],
  ['no key', '{"Version":1,"SecretAccessKey":"secret"}', 'no-credentials', /no "AccessKeyId"/],
  ['no secret', '{"Version":1,"AccessKeyId":"AK"}', 'no-credentials', /no "SecretAccessKey"/],
  [
    'no time',
    JSON.stringify({ ...PRINTED, Expiration: 'secret' }),
    'no-credentials',
    /"Expiration" that is not a time/,
  ],
  [
    'credentials that have ended',
    JSON.stringify({ ...PRINTED, Expiration: '2020-01-01T00:00:00Z' }),
    'expired-credentials',
    /credential_process of profile p .*have expired/,
  ],
] as const) {
  it(`process: one that prints ${what} is refused`, async (t) => {
    const outcome = await resolve(withScript(t, printing(printed)), 'p');
    assert.equal(outcome.reason, reason, outcome.message ?? 'no message');
    assert.match(outcome.message ?? '', words);
    assert.doesNotMatch(outcome.message ?? '', /secret\b/);
  });
}

it('process: one that prints without an end is ended', async (t) => {
  const home = withScript(t, '#!/bin/sh\nexec yes secret\n');
  refused(await resolve(home, 'p'), 'no-credentials', /printed too much output/);
});
