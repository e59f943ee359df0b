import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { BUCKET, S3_KEYS, startS3, type S3Store } from '../../../../support/s3/s3-store.ts';
import type { Account } from '../../support/account.ts';
import { machine, startFleet } from './support/fleet-account.ts';

const EXEC = ['exec', '-q', '--all'];
/** More than AWS keeps of both streams, with a byte that is not UTF-8. */
const LONG = String.raw`printf '\377\n'; seq 1 20000; seq 1 5000 >&2; exit 3`;

/** A fleet whose agents store their outputs in S3. */
async function startStoring(t: TestContext): Promise<{
  readonly account: Account;
  readonly env: Readonly<Record<string, string>>;
  readonly s3: S3Store;
}> {
  const s3 = await startS3(t);
  const account = await startFleet(t, [machine(1)], {
    runCommand: {
      async store(bucket, key, content) {
        const response = await fetch(`${s3.endpoint}/${bucket}/${key}`, {
          method: 'PUT',
          body: new Uint8Array(content),
        });
        assert.equal(response.status, 200);
      },
    },
  });
  return { account, s3, env: { ...S3_KEYS, AWS_ENDPOINT_URL_S3: s3.endpoint } };
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, i) => `web-1 | ${i + 1}\n`).join('');
}

describe('long outputs of exec on many machines', () => {
  it('are read whole from the bucket of --output', async (t) => {
    const { account, env, s3 } = await startStoring(t);
    const args = [...EXEC, '--output', `s3://${BUCKET}/fleet/`, '--', LONG];
    const { status, stdout, stderr } = await account.run(args, env);
    assert.equal(status, 3);
    assert.ok(stdout.endsWith(lines(20_000)));
    assert.equal(stderr, lines(5_000));
    const [command] = account.aws.commands;
    const path = `/${BUCKET}/fleet/${command?.plan.commandId}/${machine(1).id}/awsrunShellScript/0.awsrunShellScript/`;
    assert.ok(s3.requests.some((request) => request.startsWith(`GET ${path}stdout`)));
  });

  it('are not read from there when AWS has kept them whole', async (t) => {
    const { account, env, s3 } = await startStoring(t);
    const args = [...EXEC, '--output', `s3://${BUCKET}`, '--', 'echo short'];
    assert.equal((await account.run(args, env)).stdout, 'web-1 | short\n');
    assert.deepEqual(
      s3.requests.filter((request) => request.startsWith('GET')),
      [],
    );
  });

  it('are printed as far as AWS has kept them when the bucket cannot be read', async (t) => {
    const { account, env, s3 } = await startStoring(t);
    s3.intercept = (request, response) => {
      if (request.method !== 'GET') return false;
      response.writeHead(403).end();
      return true;
    };
    const args = ['exec', '--all', '--output', `s3://${BUCKET}`, '--', 'seq 1 20000'];
    const { status, stdout, stderr } = await account.run(args, env);
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^web-1 \| \[The output is cut here\. The rest may be in the bucket of --output\.\]$/m,
    );
    assert.match(stderr, /^web-1: Cannot read s3:\/\/transfer\//m);
  });
});
