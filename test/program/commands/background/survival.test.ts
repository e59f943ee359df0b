import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createSsoApi } from '../../../local-aws/api/credentials/sso-api.ts';
import { serve } from '../../../network/local-server.ts';
import { completed, startCommandPiped } from '../../support/piped-program.ts';
import { processEnded } from '../../support/processes.ts';
import { NO_CREDENTIALS, programCommand } from '../../support/program.ts';
import { nameAt, startNamed } from '../support/forwarding.ts';
import { startBackgroundUser, untilStatus } from './support/background-user.ts';

const ROLE = {
  accessKeyId: 'ASIASSO',
  secretAccessKey: 'sso-secret',
  sessionToken: 'sso-token',
  expiration: Date.UTC(2100, 0),
};
const CONFIG = `[profile work]
sso_session = company
sso_account_id = 123456789012
sso_role_name = Admin
region = us-east-1
[sso-session company]
sso_region = us-east-1
sso_start_url = https://company.example/start
`;

describe('a connection in the background', { timeout: 240_000 }, () => {
  it('waits for a sign-in that has expired, and goes on after it was renewed', async (t) => {
    const service = await startNamed(t, 'hello');
    const user = await startBackgroundUser(t, { db: [`0:${service.port}`] });
    const portal = await serve(t, createSsoApi('new-token', ROLE).listener);
    const cache = join(user.home, '.aws/sso/cache');
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(user.home, '.aws/config'), CONFIG);
    const token = join(cache, `${createHash('sha1').update('company').digest('hex')}.json`);
    const signIn = (accessToken: string, expiresAt: string): void =>
      writeFileSync(token, JSON.stringify({ accessToken, expiresAt }));
    signIn('old-token', '2020-01-01T00:00:00Z');
    const env = {
      ...NO_CREDENTIALS,
      AWS_PROFILE: 'work',
      AWS_ENDPOINT_URL_SSO: `http://127.0.0.1:${portal}`,
    };
    const up = await user.run(['up', 'db', '--detach'], env);
    assert.equal(up.status, 255);
    assert.match(up.stderr, /The sign-in of profile work has expired\. Run `aws sso login/);
    const [waiting] = await user.status();
    assert.equal(waiting?.state, 'sign-in-expired');
    signIn('new-token', '2100-01-01T00:00:00Z');
    const [port] = await untilStatus(user, ([one]) => one?.state === 'listening');
    assert.equal(await nameAt(t, port?.local.port ?? 0), 'hello');
  });

  it('shows new messages with logs -f, until it is down', async (t) => {
    const service = await startNamed(t, 'hello');
    const user = await startBackgroundUser(t, { db: [`0:${service.port}`] });
    await user.run(['up', 'db', '--detach']);
    const [port] = await user.status();
    const logs = user.start(['logs', 'db', '-f']);
    await logs.stdout.until('the first line', (text) => text.includes('forwards to'));
    await nameAt(t, port?.local.port ?? 0);
    await logs.stdout.until('the new line', (text) => text.includes('connection closed, 0 open'));
    await user.run(['down']);
    assert.deepEqual(await logs.end(), { status: 0, signal: null });
  });

  it('ends logs -f with 0 when its reader has what it wants', async (t) => {
    const service = await startNamed(t, 'hello');
    const user = await startBackgroundUser(t, { db: [`0:${service.port}`] });
    await user.run(['up', 'db', '--detach']);
    const [port] = await user.status();
    const logs = user.start(['logs', '-f']);
    await logs.stdout.until('the first line', (text) => text.includes('forwards to'));
    logs.stdoutPipe.destroy();
    await nameAt(t, port?.local.port ?? 0);
    assert.deepEqual(await logs.end(), { status: 0, signal: null });
  });

  it('reports a program that was removed, and goes on when it is there again', async (t) => {
    const user = await startBackgroundUser(t, { web: ['0:80'] });
    const [runtime, launcher] = programCommand([]);
    if (launcher === undefined) {
      t.skip('a native program is its own runtime');
      return;
    }
    const copy = join(user.home, 'program');
    mkdirSync(copy);
    const dist = join(launcher, '../../dist');
    for (const file of readdirSync(dist).filter((name) => /\.c?js(?:on)?$/.test(name))) {
      copyFileSync(join(dist, file), join(copy, file));
    }
    const program = join(copy, 'session-manager-plugin.cjs');
    const aws = { ...user.target.env, ...user.env };
    const command = [runtime, program, 'up', 'web', '--detach'];
    const up = await completed(startCommandPiped(t, command, { env: aws }));
    assert.equal(up.status, 0, up.stderr);
    const [{ pid } = { pid: null }] = await user.status();
    renameSync(program, `${program}.old`);
    process.kill(pid ?? 0, 'SIGKILL');
    await processEnded(pid ?? 0);
    const [lost] = await untilStatus(user, ([one]) => one?.error?.code === 'program-not-found');
    assert.match(lost?.error?.message ?? '', /down --all/);
    renameSync(`${program}.old`, program);
    await untilStatus(user, ([one]) => one?.state === 'listening');
  });
});
