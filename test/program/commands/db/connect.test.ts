import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { presign } from '../../../../src/aws/signing/presign.ts';
import { makeFifo } from '../../../support/fifo.ts';
import { STATIC_CREDENTIALS } from '../../support/program.ts';
import { startCommand } from '../support/run-command.ts';
import { HOST, withAuthority } from './support/connect.ts';
import { DATABASE_SYSTEMS } from './support/systems.ts';

/** Has what the files of clients must quote. */
const PASSWORD = `a:b\\c"d'e#f;g$h i=${'x'.repeat(20)}`;
const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:orders-abc';

for (const system of DATABASE_SYSTEMS) {
  const { name, program, isHere, start, whoAmI, running, refused, notice } = system;
  const { passwordFile, passwordOf } = system;
  const recorded = { [program]: `/usr/bin/${program}` };

  describe(`db connect to ${name}`, { timeout: 120_000 }, () => {
    it('runs the client with user and password of a secret, which no other user can see', async (t) => {
      if (!isHere(t)) return;
      const secret = JSON.stringify({ username: 'app', password: PASSWORD });
      const desk = await start(t, {}, { secrets: { [SECRET]: secret }, recorded });
      desk.server.setPassword('app', PASSWORD);
      const ran = await desk.end([
        ...withAuthority(desk),
        ...['--secret', SECRET, '--log-level', 'trace', '--', ...whoAmI],
      ]);
      assert.deepEqual([ran.status, ran.stdout], [0, 'app\n'], ran.stderr);
      assert.ok(!ran.stderr.includes('xxxxx'));
      const { args, env, files } = desk.client();
      assert.ok(!JSON.stringify(args).includes('xxxxx'));
      if (passwordFile === undefined) return;
      assert.ok(!JSON.stringify(env).includes('xxxxx'));
      assert.equal(files[passwordFile]?.[0], '600');
      assert.equal(files['.']?.[0], '700');
    });

    it('refuses a server with a certificate for another name, before it gets anything', async (t) => {
      if (!isHere(t)) return;
      const desk = await start(t, {}, { certified: ['DNS:other.example'] });
      const ran = await desk.end([...withAuthority(desk), '--', ...whoAmI]);
      assert.deepEqual([ran.status, ran.stdout], [255, '']);
      assert.match(
        ran.stderr,
        /is for other hosts: other\.example\. The node reaches another server/,
      );
    });

    it('refuses a server of an authority that is not trusted, and names what to pass', async (t) => {
      if (!isHere(t)) return;
      const desk = await start(t);
      const ran = await desk.end(['--', ...whoAmI]);
      assert.deepEqual([ran.status, ran.stdout], [255, '']);
      assert.match(ran.stderr, /, issued by "Database authority", is not trusted\. /);
      assert.match(
        ran.stderr,
        name === 'Redis'
          ? /`session-manager-plugin db connect orders --ca FILE`/
          : /`curl -O https:\/\/truststore\.pki\.rds\.amazonaws\.com\/global\/global-bundle\.pem`/,
      );
    });

    it('ends with the status of the client for a wrong password', async (t) => {
      if (!isHere(t)) return;
      const desk = await start(t, {}, { secrets: { orders: 'wrong' } });
      desk.server.setPassword('app', PASSWORD);
      const ran = await desk.end([
        ...withAuthority(desk),
        ...['--secret', 'orders', '--user', 'app', '--', ...whoAmI],
      ]);
      assert.equal(ran.status, refused[0]);
      assert.match(ran.stderr, refused[1]);
      const [through = '', ...others] = ran.stderr.split('\n');
      assert.match(through, /^Forwarding through web /);
      assert.ok(others.join('\n').startsWith(notice), ran.stderr);
    });

    it('signs in with an IAM token that AWS would take', async (t) => {
      if (!isHere(t)) return;
      const desk = await start(t, { hasIamAuth: true }, { recorded });
      const gate = makeFifo(t);
      const args = [...withAuthority(desk), '--user', 'app', '--', ...whoAmI];
      const client = startCommand(t, desk, ['db', 'connect', 'orders', ...args], {
        env: { CLIENT_GATE: gate },
      });
      client.stdin.end();
      await client.stderr.until('the client', (text) => text.includes('recorded'));
      const token = passwordOf(desk.client());
      // The servers of AWS compare it with nothing that is stored.
      desk.server.setPassword('app', token);
      writeFileSync(gate, '');
      const { status } = await client.end();
      assert.deepEqual([status, client.stdout.text], [0, 'app\n'], client.stderr.text);
      const [, at = ''] = /X-Amz-Date=(\w+)/.exec(token) ?? [];
      const common = {
        ...{ region: 'us-east-1', expires: 900 },
        now: Date.parse(at.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z')),
        credentials: {
          accessKeyId: STATIC_CREDENTIALS.AWS_ACCESS_KEY_ID,
          secretAccessKey: STATIC_CREDENTIALS.AWS_SECRET_ACCESS_KEY,
        },
      };
      const ofCache = {
        ...{ host: 'orders', service: 'elasticache' },
        query: { Action: 'connect', User: 'app' },
      };
      const ofRds = {
        ...{ host: `${HOST}:${desk.server.port}`, service: 'rds-db' },
        query: { Action: 'connect', DBUser: 'app' },
      };
      assert.equal(token, presign({ ...common, ...(name === 'Redis' ? ofCache : ofRds) }));
    });

    it('removes the file of the password when it is terminated, and that of a killed program later', async (t) => {
      if (!isHere(t)) return;
      const desk = await start(t, {}, { secrets: { orders: PASSWORD } });
      desk.server.setPassword('app', PASSWORD);
      const args = [...withAuthority(desk), '--secret', 'orders', '--user', 'app', '--'];
      for (const [signal, left] of [
        ['SIGTERM', 0],
        ['SIGKILL', 1],
      ] as const) {
        const client = startCommand(t, desk, ['db', 'connect', 'orders', ...args, ...running]);
        await client.stdout.until('its output', (text) => text.includes('runs'));
        client.kill(signal);
        await client.end();
        assert.equal(desk.left().length, left);
      }
      assert.equal((await desk.end([...args, ...whoAmI])).status, 0);
    });
  });
}
