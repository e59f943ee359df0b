import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { LocalAwsOptions } from '../../../local-aws/local-aws.ts';
import { BUCKET, S3_KEYS, startS3, type S3Store } from '../../../support/s3/s3-store.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { CURL } from '../../../support/tools.ts';
import { TARGET } from '../../support/target.ts';
import type { CompletedRun, PipedProgram } from '../../support/piped-program.ts';
import { outcomeOf } from '../support/run-command.ts';
import { startTwoMachines, type TwoMachines } from './support/two-machines.ts';

interface ThroughS3 extends Omit<TwoMachines, 'start' | 'cp'> {
  readonly s3: S3Store;
  readonly start: (...args: readonly string[]) => PipedProgram;
  readonly cp: (...args: readonly string[]) => Promise<CompletedRun>;
}

async function setUp(t: TestContext, options: LocalAwsOptions = {}): Promise<ThroughS3> {
  const s3 = await startS3(t);
  const machines = await startTwoMachines(t, options);
  const env = { ...S3_KEYS, AWS_ENDPOINT_URL_S3: s3.endpoint };
  const start: ThroughS3['start'] = (...args) =>
    machines.start(['--via', `s3://${BUCKET}/copies`, ...args], { env });
  return { ...machines, s3, start, cp: (...args) => outcomeOf(start(...args)) };
}

/** A target with Windows whose PowerShell is a script of sh, which has the decoded script in `$s`. */
function windows(t: TestContext, answers: string): LocalAwsOptions {
  const powershell = join(temporaryDirectory(t), 'powershell');
  const decode = 's=$(for last; do :; done; echo "$last" | base64 -d | iconv -f UTF-16LE -t UTF-8)';
  writeFileSync(powershell, `#!/bin/sh\n${decode}\n${answers}\n`, { mode: 0o755 });
  return {
    nodes: [{ id: TARGET, platformType: 'Windows' }],
    sessions: { agent: { powershell } },
  };
}

describe('cp --via', needs(CURL), () => {
  it('copies files and directories there and back, and leaves nothing in the bucket', async (t) => {
    const { s3, here, there, cp, checkNothingLeft } = await setUp(t);
    const content = randomBytes(1_000_003);
    mkdirSync(join(here, 'tree'));
    writeFileSync(join(here, 'tree', 'a'), content);
    assert.equal((await cp('-q', 'tree/a', 'T:up.bin')).status, 0);
    assert.ok(readFileSync(join(there, 'up.bin')).equals(content));
    assert.equal((await cp('-q', '-r', 'tree', 'T:tree')).status, 0);
    assert.equal((await cp('-q', '-r', 'T:tree', 'back')).status, 0);
    assert.ok(readFileSync(join(here, 'back', 'a')).equals(content));
    assert.equal((await cp('-q', 'T:up.bin', 'down.bin')).status, 0);
    assert.ok(readFileSync(join(here, 'down.bin')).equals(content));
    assert.ok(
      s3.requests.every((line) =>
        /^HEAD|\/copies\/session-manager-plugin-[0-9a-f]{32}\b/.test(line),
      ),
    );
    assert.deepEqual(s3.files(), []);
    await checkNothingLeft();
  });

  it('sends nothing of a file through a session, however small it is', async (t) => {
    const { s3, here, there, cp } = await setUp(t);
    writeFileSync(join(there, 'small'), 'x');
    assert.equal((await cp('-q', 'T:small', '.')).status, 0);
    assert.equal(readFileSync(join(here, 'small'), 'utf8'), 'x');
    assert.ok(s3.requests.some((line) => line.startsWith('GET')));
  });

  it('removes everything after Ctrl-C', async (t) => {
    const { s3, here, there, start, checkNothingLeft } = await setUp(t);
    writeFileSync(join(here, 'big'), randomBytes(40 * 1024 * 1024));
    const program = start('-q', 'big', 'T:big');
    // A second signal would end the cleanup, too.
    let isKilled = false;
    s3.intercept = (request) => {
      if (request.method === 'PUT' && !isKilled) {
        isKilled = true;
        program.kill('SIGINT');
      }
      return false;
    };
    assert.equal((await outcomeOf(program)).status, 130);
    assert.deepEqual(s3.files(), []);
    assert.deepEqual(readdirSync(there), []);
    await checkNothingLeft();
  });

  it('writes no URL and no key to the log', async (t) => {
    const { here, there, cp } = await setUp(t);
    writeFileSync(join(here, 'a'), 'x');
    const { status, stderr } = await cp('--log-level', 'trace', 'a', 'T:a');
    assert.equal(status, 0, stderr);
    assert.equal(readFileSync(join(there, 'a'), 'utf8'), 'x');
    assert.match(stderr, / Dbg /);
    assert.doesNotMatch(stderr, /X-Amz-Signature|X-Amz-Credential/);
  });

  it('reports a bucket that does not exist before a session is started', async (t) => {
    const { target, here, start } = await setUp(t);
    writeFileSync(join(here, 'a'), 'x');
    const { status, stderr } = await outcomeOf(start('--via', 's3://no-such-bucket', 'a', 'T:a'));
    assert.match(stderr, /There is no bucket no-such-bucket\. Check its name\./);
    assert.equal(status, 255);
    assert.deepEqual(target.aws.sessions, []);
  });

  it('asks a target with Windows by PowerShell', async (t) => {
    const answers = `say() { printf '%s %s\\r\\n' "$1" "$(printf %s "$2" | base64)"; }
case $s in
*"'home'"*) say home 'C:\\Users\\ä'; say temporary 'C:\\Temp'; say ended '' ;;
*"'missing'"*) say is missing; say ended '' ;;
esac`;
    const { cp, target } = await setUp(t, windows(t, answers));
    const { status, stderr } = await cp('T:logs\\a.txt', '.');
    assert.match(stderr, /"C:\/Users\/ä\/logs\/a\.txt" does not exist on /);
    assert.equal(status, 255);
    assert.equal(target.aws.sessions.length, 2);
  });

  it('shows what PowerShell has written when it did not run a script', async (t) => {
    const { cp } = await setUp(t, windows(t, 'echo "Access is denied." >&2; exit 1'));
    const { status, stderr } = await cp('T:a', '.');
    assert.match(stderr, /did not run what the copy needs: Access is denied/);
    assert.equal(status, 255);
  });

  it('refuses a value that is no bucket, and options that it cannot keep', async (t) => {
    const { cp, start } = await setUp(t);
    const wrong = await outcomeOf(start('--via', 'transfer', 'a', 'T:a'));
    assert.match(wrong.stderr, /Pass s3:\/\/BUCKET or s3:\/\/BUCKET\/PREFIX/);
    for (const [option, ...value] of [['--resume'], ['--limit-rate', '1M'], ['--sessions', '4']]) {
      const { status, stderr } = await cp(option ?? '', ...value, 'T:a', 'a');
      assert.match(
        stderr,
        new RegExp(`--via and ${option} exclude each other\\.\nLeave out ${option}\\.`),
      );
      assert.equal(status, 255);
    }
  });
});
