import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  closedLocally,
  connectLocally,
  readExactly,
  readToEnd,
} from '../../port/support/local-program.ts';
import { sendBack, startService } from '../../port/support/target-service.ts';
import { TARGET } from '../../support/target.ts';
import { sessionPreferences } from '../../../local-aws/local-aws.ts';
import { seeded } from '../../../support/random.ts';
import { nameAt, startNamed, untilEvent } from '../support/forwarding.ts';
import { pathWithoutInterpreters } from '../support/path-without.ts';
import { outcomeOf, startCommand, startCommandTarget } from '../support/run-command.ts';
import { LOCALHOST } from '../../../support/localhost.ts';
import { needs } from '../../../support/require-tools.ts';

const INPUT_DOCUMENT = 'AWS-StartInteractiveCommand';
const OUTPUT_DOCUMENT = 'AWS-StartNonInteractiveCommand';

describe('forward --fast', { timeout: 120_000, ...needs(LOCALHOST) }, () => {
  it('carries connections by two command sessions, with half-close and every byte', (t) =>
    seeded(async (random) => {
      const service = await startService(t, sendBack);
      const target = await startCommandTarget(t);
      const program = startCommand(t, target, [
        ...['forward', TARGET, '--json', '--fast', `0:${service.port}`],
      ]);
      const { local } = await untilEvent(program, 'listening');
      const documents = target.aws.sessions.map(({ request }) => request.DocumentName);
      assert.deepEqual(documents, [INPUT_DOCUMENT, OUTPUT_DOCUMENT]);
      const sent = random.bytes(1_500_000);
      const answers = await Promise.all(
        [1, 2, 3].map(async () => {
          const socket = await connectLocally(t, { port: local.port, host: '127.0.0.1' });
          socket.end(sent);
          return readToEnd(socket);
        }),
      );
      for (const answer of answers) assert.ok(answer.equals(sent));
      program.kill('SIGINT');
      assert.equal((await program.end()).status, 0);
      assert.equal(program.stderr.text, '');
      for (const session of target.aws.sessions) await session.closed;
    }));

  it('resets the programs when a session ends, starts both again, and goes on listening', async (t) => {
    const service = await startService(t, (socket) => socket.pipe(socket));
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', '--fast', `0:${service.port}`],
    ]);
    const { local } = await untilEvent(program, 'listening');
    const to = { port: local.port, host: '127.0.0.1' };
    const before = await connectLocally(t, to);
    before.write('before');
    assert.equal((await readExactly(before, 6)).toString(), 'before');
    const closed = closedLocally(before);
    target.aws.sessions[0]?.terminate();
    await closed;
    await untilEvent(program, 'ready');
    const after = await connectLocally(t, to);
    after.end('after');
    assert.equal((await readToEnd(after)).toString(), 'after');
    assert.equal(target.aws.sessions.length, 4);
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 0);
    for (const session of target.aws.sessions) await session.closed;
  });

  it('goes on with its connections after each of its sessions was cut off', async (t) => {
    const service = await startService(t, (socket) => socket.pipe(socket));
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', '--fast', `0:${service.port}`],
    ]);
    const { local } = await untilEvent(program, 'listening');
    const socket = await connectLocally(t, { port: local.port, host: '127.0.0.1' });
    for (const session of target.aws.sessions) {
      const connections = session.record.connections.length;
      session.cutClient();
      await session.until(
        'the next connection',
        ({ record, clientConnected }) => clientConnected && record.connections.length > connections,
      );
      socket.write('again');
      assert.equal((await readExactly(socket, 5)).toString(), 'again');
    }
    assert.equal(target.aws.sessions.length, 2);
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 0);
  });

  it('passes resets on in both directions', async (t) => {
    const service = await startService(t, (socket) => socket.write('ready'));
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', '--fast', `0:${service.port}`],
    ]);
    const { local } = await untilEvent(program, 'listening');
    const to = { port: local.port, host: '127.0.0.1' };
    const reset = await connectLocally(t, to);
    assert.equal((await readExactly(reset, 5)).toString(), 'ready');
    const [there] = service.connections;
    const closedThere = new Promise((resolve) => there?.once('close', resolve));
    reset.resetAndDestroy();
    await closedThere;
    const socket = await connectLocally(t, to);
    assert.equal((await readExactly(socket, 5)).toString(), 'ready');
    const closedHere = closedLocally(socket);
    await service.crash();
    await closedHere;
    const refused = await connectLocally(t, to);
    await closedLocally(refused);
    await untilEvent(program, 'destination-failed');
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 0);
  });

  it('fails on a target without Python and Perl, and uses its ports with --fast=auto', async (t) => {
    const service = await startNamed(t, 'service');
    const environment = { PATH: pathWithoutInterpreters(t) };
    const target = await startCommandTarget(t, { sessions: { agent: { environment } } });
    const failed = await outcomeOf(
      startCommand(t, target, ['forward', TARGET, '--fast', `0:${service.port}`]),
    );
    assert.match(failed.stderr, /neither Python 3\.6 nor Perl 5\.10/);
    assert.equal(failed.status, 255);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', '--fast=auto', `0:${service.port}`],
    ]);
    const { local } = await untilEvent(program, 'listening');
    assert.equal(await nameAt(t, local.port), 'service');
    assert.match(
      program.stderr.text,
      /^The target has neither .* The ports of the agent are used instead\.\n$/,
    );
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 0);
  });

  it('refuses a target with Windows, and uses its ports with --fast=auto', async (t) => {
    const service = await startNamed(t, 'service');
    const nodes = [{ id: TARGET, platformType: 'Windows' }] as const;
    const target = await startCommandTarget(t, { nodes });
    const failed = await outcomeOf(
      startCommand(t, target, ['forward', TARGET, '--fast', `0:${service.port}`]),
    );
    assert.match(failed.stderr, /forward --fast needs a POSIX shell on the target/);
    assert.equal(failed.status, 255);
    assert.deepEqual(target.aws.sessions, []);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', '--fast=auto', `0:${service.port}`],
    ]);
    const { local } = await untilEvent(program, 'listening');
    assert.equal(await nameAt(t, local.port), 'service');
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 0);
  });

  it('sends nothing where the account logs sessions, but with --allow-logged, and by ports with auto', async (t) => {
    const service = await startNamed(t, 'service');
    const target = await startCommandTarget(t, {
      documents: { 'SSM-SessionManagerRunShell': sessionPreferences({ s3BucketName: 'logs' }) },
    });
    const failed = await outcomeOf(
      startCommand(t, target, ['forward', TARGET, '--fast', `0:${service.port}`]),
    );
    assert.match(failed.stderr, /logs sessions to the S3 bucket logs: .* add --allow-logged\.\n$/);
    assert.equal(failed.status, 255);
    assert.equal(target.aws.sessions.length, 0);
    for (const [options, document] of [
      [['--fast', '--allow-logged'], INPUT_DOCUMENT],
      [['--fast=auto'], 'AWS-StartPortForwardingSession'],
    ] as const) {
      const program = startCommand(t, target, [
        ...['forward', TARGET, '--json', ...options, `0:${service.port}`],
      ]);
      const { local } = await untilEvent(program, 'listening');
      assert.equal(await nameAt(t, local.port), 'service');
      assert.match(program.stderr.text, /^This account logs sessions to the S3 bucket logs/);
      assert.ok(target.aws.sessions.some(({ request }) => request.DocumentName === document));
      program.kill('SIGINT');
      assert.equal((await program.end()).status, 0);
    }
  });
});
