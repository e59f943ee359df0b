import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LOCAL_IDENTITY } from '../../../local-aws/api/credentials/sts-api.ts';
import { createIam, type Iam } from '../../../local-aws/iam/iam.ts';
import { sessionPreferences } from '../../../local-aws/local-aws.ts';
import { startService } from '../../port/support/target-service.ts';
import { TARGET } from '../../support/target.ts';
import { nameAt, startNamed, untilEvent } from '../support/forwarding.ts';
import { pathWithoutInterpreters } from '../support/path-without.ts';
import { outcomeOf, startCommand, startCommandTarget } from '../support/run-command.ts';
import { LOCALHOST } from '../../../support/localhost.ts';
import { needs } from '../../../support/require-tools.ts';

const INPUT_DOCUMENT = 'AWS-StartInteractiveCommand';
const INSTEAD = /The ports of the agent are used instead\./g;
const LOGGED = {
  'SSM-SessionManagerRunShell': sessionPreferences({ s3BucketName: 'logs' }),
} as const;

/** A caller who may do everything but use the document of the first session of a tunnel. */
function withoutCommands(): Iam {
  const iam = createIam(LOCAL_IDENTITY);
  const everything = { actions: ['*'], resources: ['*'], conditions: [] };
  const commands = { ...everything, resources: [`*:document/${INPUT_DOCUMENT}`] };
  iam.attach([
    {
      statements: [
        { ...everything, effect: 'Allow' },
        { ...commands, effect: 'Deny' },
      ],
    },
  ]);
  return iam;
}

describe(
  'forward where there can be no fast tunnel',
  { timeout: 120_000, ...needs(LOCALHOST) },
  () => {
    it('fails with the reason alone with --fast=auto, if the agent can forward none of its ports', async (t) => {
      const service = await startService(t, (socket) => socket.end());
      const environment = { PATH: pathWithoutInterpreters(t) };
      const target = await startCommandTarget(t, { sessions: { agent: { environment } } });
      for (const ports of [
        ['-R', `0:${service.port}`],
        ['0:/run/app.sock'],
        ['0:127.0.0.1:53/udp'],
        ['-R', `0:${service.port}`, '0:/run/app.sock', '0:127.0.0.1:53/udp'],
      ]) {
        const run = await outcomeOf(
          startCommand(t, target, ['forward', TARGET, '--fast=auto', ...ports]),
        );
        assert.equal(run.status, 255);
        assert.match(
          run.stderr,
          /^session-manager-plugin: The target has neither Python 3\.6 nor /,
        );
        assert.equal(run.stderr.match(/session-manager-plugin: /g)?.length, 1, run.stderr);
        assert.doesNotMatch(run.stderr, INSTEAD);
      }
      const documents = new Set(target.aws.sessions.map(({ request }) => request.DocumentName));
      assert.ok(!documents.has('AWS-StartPortForwardingSession'));
    });

    it('starts nothing with --fast=auto where the account logs sessions, if the agent can forward none', async (t) => {
      const target = await startCommandTarget(t, { documents: LOGGED });
      const run = await outcomeOf(
        startCommand(t, target, ['forward', TARGET, '--fast=auto', '-R', '0:3000']),
      );
      assert.equal(run.status, 255);
      assert.match(run.stderr, /logs sessions to the S3 bucket logs: .* add --allow-logged\.\n$/);
      assert.doesNotMatch(run.stderr, INSTEAD);
      assert.deepEqual(target.aws.sessions, []);
    });

    it('uses the port of the agent with --fast=auto for what it can forward, and fails for -R beside it', async (t) => {
      const service = await startNamed(t, 'service');
      const environment = { PATH: pathWithoutInterpreters(t) };
      const target = await startCommandTarget(t, { sessions: { agent: { environment } } });
      const program = startCommand(t, target, [
        ...['forward', TARGET, '--json', '--fast=auto'],
        ...[`0:${service.port}`, '-R', `0:${service.port}`],
      ]);
      const { local } = await untilEvent(program, 'listening');
      assert.equal(await nameAt(t, local.port), 'service');
      const { reverse, error } = await untilEvent(program, 'failed');
      assert.equal(reverse, true);
      assert.equal(error.code, 'tunnel-needed');
      program.kill('SIGINT');
      await program.end();
      assert.equal(program.stderr.text.match(INSTEAD)?.length, 1, program.stderr.text);
    });

    it('fails with --fast in one sentence where the documents of commands are denied, and uses ports with auto', async (t) => {
      const service = await startNamed(t, 'service');
      const target = await startCommandTarget(t, { iam: withoutCommands() });
      const run = await outcomeOf(
        startCommand(t, target, ['forward', TARGET, '--fast', `0:${service.port}`]),
      );
      assert.equal(run.status, 255);
      assert.match(
        run.stderr,
        /^session-manager-plugin: [^\n]*ssm:StartSession[^\n]*AWS-StartInteractiveCommand[^\n]*\n$/,
      );
      assert.equal(run.stderr.match(/\. [A-Z]/g)?.length, 1, run.stderr);
      assert.deepEqual(target.aws.sessions, []);
      const program = startCommand(t, target, [
        ...['forward', TARGET, '--json', '--fast=auto', `0:${service.port}`],
      ]);
      const { local } = await untilEvent(program, 'listening');
      assert.equal(await nameAt(t, local.port), 'service');
      program.kill('SIGINT');
      assert.equal((await program.end()).status, 0);
      assert.match(program.stderr.text, /The ports of the agent are used instead\.\n$/);
    });
  },
);
