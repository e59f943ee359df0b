import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { execFile, execFileSync } from '../../../support/child-process.ts';
import { needs } from '../../../support/require-tools.ts';
import { CURL, SSH, SSHD } from '../../../support/tools.ts';
import { clientLines, startSshServer } from '../../../program/port/support/ssh/ssh-server.ts';
import { LOCAL_IDENTITY } from '../../api/credentials/sts-api.ts';
import { KEY_VALID_MS } from '../../api/instances/instance-connect-api.ts';
import { createIam } from '../../iam/iam.ts';
import { parsePolicy } from '../../iam/policy.ts';
import { startLocalAws, type LocalAws, type LocalAwsOptions } from '../../local-aws.ts';

const INSTANCE = 'i-00000000000000001';
const KEY = `ssh-ed25519 ${'A'.repeat(68)} comment\n`;

async function target(t: TestContext, options: LocalAwsOptions = {}): Promise<LocalAws> {
  const aws = await startLocalAws({ nodes: [{ id: INSTANCE }], ...options });
  t.after(() => aws.close());
  return aws;
}

/** Calls SendSSHPublicKey; what is left out of the body is right. */
async function push({ endpoint }: LocalAws, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSEC2InstanceConnectService.SendSSHPublicKey' },
    body: JSON.stringify({
      ...{ InstanceId: INSTANCE, InstanceOSUser: 'ec2-user', SSHPublicKey: KEY },
      ...body,
    }),
  });
  return (await response.json()) as Record<string, unknown>;
}

it('a pushed key is valid for a minute, for its user on its instance', async (t) => {
  let time = 0;
  const aws = await target(t, { now: () => new Date(time) });
  assert.equal((await push(aws, {}))['Success'], true);
  assert.deepEqual(aws.instanceConnect.activeKeys(INSTANCE, 'ec2-user'), [KEY.trimEnd()]);
  assert.deepEqual(aws.instanceConnect.activeKeys(INSTANCE, 'root'), []);
  assert.deepEqual(aws.instanceConnect.activeKeys('i-00000000000000002', 'ec2-user'), []);
  time = KEY_VALID_MS;
  assert.deepEqual(aws.instanceConnect.activeKeys(INSTANCE, 'ec2-user'), []);
});

it('keys are refused as the service refuses them', async (t) => {
  const stopped = 'i-00000000000000003';
  const aws = await target(t, {
    nodes: [{ id: INSTANCE }, { id: stopped, instanceState: 'stopped' }],
  });
  const refusals: readonly (readonly [object, string])[] = [
    [{ InstanceId: 'i-00000000000000002' }, 'EC2InstanceNotFoundException'],
    [{ InstanceId: stopped }, 'EC2InstanceStateInvalidException'],
    [{ InstanceId: 'mi-00000000000000001' }, 'InvalidArgsException'],
    [{ InstanceOSUser: 'a b' }, 'InvalidArgsException'],
    [{ InstanceOSUser: '' }, 'InvalidArgsException'],
    [{ SSHPublicKey: 'ssh-ed25519 AAAA' }, 'InvalidArgsException'],
    [{ SSHPublicKey: KEY.replace('ed25519', 'dss') }, 'InvalidArgsException'],
  ];
  for (const [body, type] of refusals) assert.equal((await push(aws, body))['__type'], type);
  aws.refuse('SendSSHPublicKey', { status: 400, type: 'ThrottlingException', message: 'slow' });
  assert.deepEqual(await push(aws, {}), { __type: 'ThrottlingException', Message: 'slow' });
  assert.deepEqual(aws.instanceConnect.pushedKeys, []);
  assert.equal(aws.instanceConnectCalls.length, refusals.length + 1);
});

it('a policy may allow only some users of an instance', async (t) => {
  const iam = createIam(LOCAL_IDENTITY);
  const statement = {
    Effect: 'Allow',
    Action: 'ec2-instance-connect:SendSSHPublicKey',
    Resource: 'arn:aws:ec2:*:*:instance/*',
    Condition: { StringEquals: { 'ec2:osuser': 'ec2-user' } },
  };
  iam.attach([parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }))]);
  const aws = await target(t, { iam });
  assert.equal((await push(aws, {}))['Success'], true);
  assert.equal((await push(aws, { InstanceOSUser: 'root' }))['__type'], 'AccessDeniedException');
  assert.deepEqual(iam.refused, ['ec2-instance-connect:SendSSHPublicKey']);
});

it('a real server accepts a pushed key while it is valid', needs(SSH, SSHD, CURL), async (t) => {
  let time = 0;
  const aws = await target(t, { now: () => new Date(time) });
  const server = await startSshServer(t, {
    pushedKeys: (user) => aws.instanceConnect.activeKeys(INSTANCE, user),
    authorizedKeysFile: 'none',
  });
  const configuration = join(server.directory, 'config');
  writeFileSync(
    configuration,
    ['Host target', 'HostName 127.0.0.1', `Port ${server.port}`, 'HostKeyAlias target']
      .concat(clientLines(server), '')
      .join('\n'),
  );
  const settings = execFileSync(join(server.programs, 'sshd'), ['-T'], { encoding: 'utf8' });
  assert.match(settings, /^authorizedkeyscommand .*\/eic_run_authorized_keys %u$/m);
  const login = (): Promise<string> =>
    new Promise((resolve) => {
      execFile('ssh', ['-F', configuration, 'target', 'echo in'], (_, stdout, stderr) => {
        resolve(stdout + stderr);
      });
    });
  assert.match(await login(), /Permission denied/);
  const SSHPublicKey = readFileSync(`${server.identity}.pub`, 'utf8');
  await push(aws, { InstanceOSUser: server.user, SSHPublicKey });
  assert.equal(await login(), 'in\n');
  server.changeHostKey();
  assert.match(await login(), /REMOTE HOST IDENTIFICATION HAS CHANGED/);
  assert.match(server.hostKey(), /^ssh-ed25519 /);
  time = KEY_VALID_MS;
  writeFileSync(server.knownHosts, `target ${server.hostKey()}`);
  assert.match(await login(), /Permission denied/);
});
