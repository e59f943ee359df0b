import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { needs } from '../../../support/require-tools.ts';
import { LOCAL_IDENTITY } from '../../../local-aws/api/credentials/sts-api.ts';
import { createIam } from '../../../local-aws/iam/iam.ts';
import { parsePolicy } from '../../../local-aws/iam/policy.ts';
import { linesOf } from '../ssh/support/ssh-account.ts';
import { KEYLESS_TOOLS, startKeyless } from './support/keyless-client.ts';

const OK = { status: 0, stdout: 'in\n', stderr: '' };
const ADDED = / session-manager-plugin-\d+-[0-9a-f]+$/;

describe('how a key of ssh-config --keyless gets to the target', needs(...KEYLESS_TOOLS), () => {
  it('is EC2 Instance Connect, for the user of ssh', async (t) => {
    const client = await startKeyless(t);
    const { server, aws } = client;
    for (let run = 0; run < 2; run++) {
      assert.deepEqual(await client.run('ssh', `${server.user}@web.ssm`, 'echo in'), OK);
    }
    const pushed = aws.instanceConnect.pushedKeys;
    assert.deepEqual(
      pushed.map(({ user }) => user),
      [server.user, server.user],
    );
    // Each run has a key of its own, when the one before has ended.
    assert.notEqual(pushed[0]?.publicKey, pushed[1]?.publicKey);
    assert.ok(!existsSync(client.authorizedKeys));
  });

  it('is a command when EC2 Instance Connect is denied', async (t) => {
    const iam = createIam(LOCAL_IDENTITY);
    const statement = {
      Effect: 'Allow',
      Action: ['ssm:*', 'ssmmessages:*', 'ec2:*'],
      Resource: '*',
    };
    iam.attach([parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }))]);
    const client = await startKeyless(t, { aws: { iam } });
    assert.deepEqual(await client.run('ssh', `${client.server.user}@web.ssm`, 'echo in'), OK);
    assert.deepEqual(iam.refused, ['ec2-instance-connect:SendSSHPublicKey']);
    assert.match(linesOf(client.authorizedKeys).join('\n'), ADDED);
  });

  it('is a command on a machine without EC2 Instance Connect', async (t) => {
    const client = await startKeyless(t, {
      hasInstanceConnect: false,
      node: { id: 'mi-00000000000000001' },
    });
    const login = `${client.server.user}@mi-00000000000000001`;
    assert.deepEqual(await client.run('ssh', login, 'echo in'), OK);
    assert.deepEqual(client.aws.instanceConnectCalls, []);
    assert.match(readFileSync(client.authorizedKeys, 'utf8'), /^expiry-time="\d{14}" ssh-ed25519 /);
  });

  it('waits for a target that the ProxyCommand starts', async (t) => {
    const boot = [{ instanceState: 'running' }, { managed: true }] as const;
    const client = await startKeyless(t, {
      node: { instanceState: 'stopped', managed: false, boot },
    });
    const { aws, server } = client;
    const proxy = `session-manager-plugin __keyless-connect --start --region ${aws.region} -- %h %p %r`;
    const args = ['-o', `ProxyCommand=${proxy}`, `${server.user}@web.ssm`, 'echo in'];
    const { status, stdout, stderr } = await client.run('ssh', ...args);
    assert.deepEqual({ status, stdout }, { status: 0, stdout: 'in\n' }, stderr);
    assert.ok(aws.ec2Calls.includes('StartInstances'));
  });

  it('is not there for a user that the target does not have', async (t) => {
    const client = await startKeyless(t);
    const { status, stderr } = await client.run('ssh', 'no-such-user@web.ssm', 'true');
    assert.equal(status, 255);
    assert.match(stderr, /has no user "no-such-user"/);
    assert.deepEqual(
      client.fileNames().filter((name) => name.includes('key')),
      [],
    );
  });

  it('is for the default user of the image without another one, which is asked for once', async (t) => {
    // The image of the test has no such user.
    const id = 'case "$*" in "-u ec2-user") echo 1000 ;; *) exec /usr/bin/id "$@" ;; esac';
    const client = await startKeyless(t, { programs: { id } });
    const userOf = async (): Promise<string | undefined> =>
      /^user (.*)$/m.exec((await client.run('ssh', '-G', 'web.ssm')).stdout)?.[1];
    assert.equal(await userOf(), 'ec2-user');
    const { length } = client.aws.apiCalls;
    assert.equal(await userOf(), 'ec2-user');
    assert.equal(client.aws.apiCalls.length, length);
    const named = await client.run('ssh', '-G', '-l', 'me', 'web.ssm');
    assert.match(named.stdout, /^user me$/m);
  });

  it('is for the default user after a run with another one, and of another machine', async (t) => {
    const id = 'case "$*" in "-u ec2-user") echo 1000 ;; *) exec /usr/bin/id "$@" ;; esac';
    const client = await startKeyless(t, { programs: { id } });
    const record = join(client.files, 'web.ssm.json');
    const expectDefault = async (): Promise<void> => {
      const named = await client.run('ssh', `${client.server.user}@web.ssm`, 'echo in');
      assert.deepEqual(named, { status: 0, stdout: 'in\n', stderr: '' });
      assert.match((await client.run('ssh', '-G', 'web.ssm')).stdout, /^user ec2-user$/m);
    };
    await expectDefault();
    // As the name of a machine that was replaced.
    const before: unknown = JSON.parse(readFileSync(record, 'utf8'));
    assert.ok(typeof before === 'object');
    writeFileSync(record, JSON.stringify({ ...before, id: 'i-0b', defaultUser: 'ubuntu' }));
    await expectDefault();
  });
});
