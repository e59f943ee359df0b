import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { Database, DatabaseFamily } from '../../../../src/aws/databases.ts';
import { checkServer } from '../../../../src/commands/forward/db/connect/check-server.ts';
import { databaseClientFailures } from '../../../../src/failures/database-clients.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { splitPem } from '../../../../src/network/tls/certificate-files.ts';
import { failureOf } from '../../../../src/lib/errors/program-error.ts';
import { createAuthority, type ServerCertificate } from '../../../network/certificate-authority.ts';
import {
  relayTo,
  startSecureMariaDb,
  startSecurePostgres,
  startSecureRedis,
  type SecureServer,
} from '../../../program/commands/db/support/servers.ts';
import { startService } from '../../../program/port/support/target-service.ts';
import { requirePostgres } from '../../../program/port/support/postgresql/require-postgresql.ts';
import { requireTools } from '../../../support/require-tools.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { MARIADB, MARIADBD, OPENSSL, REDIS_CLI, REDIS_SERVER } from '../../../support/tools.ts';

const HOST = 'shop.c1a2b3.us-east-1.rds.amazonaws.com';

/** Servers by their families; what they need is asked for before. */
const SERVERS: readonly (readonly [
  family: DatabaseFamily,
  isAvailable: (t: TestContext) => boolean,
  start: (t: TestContext, certificate: ServerCertificate) => Promise<SecureServer>,
])[] = [
  ['postgres', (t) => requirePostgres(t) !== undefined, startSecurePostgres],
  ['mysql', (t) => requireTools(t, MARIADB, MARIADBD), startSecureMariaDb],
  ['redis', (t) => requireTools(t, REDIS_CLI, REDIS_SERVER), startSecureRedis],
];

/** The code of the failure of a check; undefined when it succeeds. */
async function check(
  family: DatabaseFamily,
  port: number,
  authorities: string,
  database: Partial<Database> = {},
): Promise<string | undefined> {
  try {
    await checkServer({
      clock: systemClock,
      address: '127.0.0.1',
      port,
      authorities: splitPem(authorities),
      database: { name: 'shop', service: 'rds', family, host: HOST, ...database },
    });
    return undefined;
  } catch (error) {
    return failureOf(error).code;
  }
}

describe('the check of a server of a database', { timeout: 120_000 }, () => {
  for (const [family, isAvailable, start] of SERVERS) {
    it(`verifies name and authorities of a real server: ${family}`, async (t) => {
      if (!requireTools(t, OPENSSL) || !isAvailable(t)) return;
      const directory = temporaryDirectory(t);
      const authority = createAuthority(directory, 'Authority');
      const other = createAuthority(directory, 'Other authority');
      const certificate = authority.issue([`DNS:${HOST}`]);
      const port = await relayTo(t, await start(t, certificate));
      assert.equal(await check(family, port, authority.certificate), undefined);
      assert.equal(await check(family, port, other.certificate), 'database-untrusted');
      const host = 'orders.c1a2b3.us-east-1.rds.amazonaws.com';
      assert.equal(
        await check(family, port, authority.certificate, { host }),
        'database-name-differs',
      );
    });
  }

  for (const [what, family, serve, expected] of [
    ['closes the connection', 'postgres', (socket) => socket.end(), 'database-unanswered'],
    ['has no TLS', 'postgres', (socket) => socket.write('N'), 'database-tls-off'],
    ['answers with text', 'postgres', (socket) => socket.write('HTTP/1.1 400'), 'database-tls-off'],
    ['closes the connection', 'mysql', (socket) => socket.end(), 'database-unanswered'],
    [
      'ends within its first packet',
      'mysql',
      (socket) => socket.end('\x4a\0\0\0\x0a8.0'),
      'database-unanswered',
    ],
    [
      'has no TLS',
      'mysql',
      (socket) => socket.write(greeting(0xf7ff), 'latin1'),
      'database-tls-off',
    ],
    [
      'refuses this host',
      'mysql',
      (socket) => socket.write(packet('\xff\x69\x04Host is blocked'), 'latin1'),
      'database-unanswered',
    ],
    [
      'speaks an older protocol',
      'mysql',
      (socket) => socket.write(packet('\x095.0\0')),
      'database-tls-off',
    ],
    [
      'answers with an empty packet',
      'mysql',
      (socket) => socket.write('\0\0\0\0'),
      'database-tls-off',
    ],
    [
      'announces a packet without end',
      'mysql',
      (socket) => socket.write('HTTP/1.1 400'),
      'database-tls-off',
    ],
    [
      'announces a name without end',
      'mysql',
      (socket) => socket.write(packet(`\x0a${'8'.repeat(4000)}`), 'latin1'),
      'database-tls-off',
    ],
    ['resets the connection', 'redis', (socket) => socket.resetAndDestroy(), 'database-unanswered'],
    [
      'has no TLS',
      'redis',
      (socket) => socket.write('-ERR Protocol error\r\n'),
      'database-tls-off',
    ],
  ] as readonly (readonly [string, DatabaseFamily, (socket: Socket) => unknown, string])[]) {
    it(`reports a server that ${what}: ${family}`, async (t) => {
      const { port } = await startService(t, serve);
      assert.equal(await check(family, port, ''), expected);
    });
  }

  it('verifies a server of MySQL whose first packet comes byte by byte, and asks it for TLS', async (t) => {
    let asked = '';
    const { port } = await startService(t, (socket) => {
      socket.on('data', (data) => {
        asked += data.toString('hex');
        // The first record of TLS follows the 36 bytes of the request.
        if (asked.length > 72) socket.destroy();
      });
      for (const byte of Buffer.from(greeting(0xffff), 'latin1')) {
        socket.write(Buffer.from([byte]));
      }
    });
    assert.equal(await check('mysql', port, ''), 'database-unanswered');
    // MySQL, "Protocol::SSLRequest": 32 bytes, the packet 1; TLS in the capabilities; then a record of TLS.
    assert.match(asked, /^20000001008a00000010000021(?:00){23}1603/);
  });

  it('reports a server that breaks TLS without the words of OpenSSL for itself', async (t) => {
    // A record with a message that no server sends (RFC 8446, section 4).
    const record = Buffer.from('16030300040b000000', 'hex');
    const { port } = await startService(t, (socket) => socket.write(record));
    const database = { name: 'shop', service: 'rds', family: 'redis', host: HOST } as const;
    await assert.rejects(
      checkServer({ clock: systemClock, address: '127.0.0.1', port, authorities: [], database }),
      /through the node: its TLS is broken \([a-z ]+\)\. /,
    );
  });

  for (const [family, when] of [
    ['mysql', 'before TLS'],
    ['redis', 'in TLS'],
  ] as const) {
    it(`gives a server that is silent ${when} 10 s`, async (t) => {
      const clock = createVirtualClock();
      const { port } = await startService(t, (socket) => {
        // The client of MySQL waits for the server, that of Redis begins.
        if (family === 'mysql') clock.advance(10_000);
        else socket.once('data', () => clock.advance(10_000));
      });
      const database = { name: 'shop', service: 'rds', family, host: HOST } as const;
      await assert.rejects(
        checkServer({ clock, address: '127.0.0.1', port, authorities: [], database }),
        /does not answer through the node: timed out after 10 s/,
      );
    });
  }

  it('names TLS as what a server may lack that waits for more: Redis without TLS', async (t) => {
    if (!requireTools(t, REDIS_CLI, REDIS_SERVER)) return;
    const { address, port } = await startSecureRedis(t, undefined);
    const clock = createVirtualClock();
    const relay = await startService(t, (socket) => {
      const server = connect({ host: address, port }, () => {
        // A line break among its random bytes would end a command, which Redis refuses at once.
        socket.once('data', (hello: Buffer) => {
          server.write(
            hello.map((byte) => (byte === 0x0a ? 0 : byte)),
            () => clock.advance(10_000),
          );
        });
      });
      server.on('data', (answer) => socket.write(answer));
      socket.on('close', () => server.destroy());
    });
    const database = { name: 'shop', service: 'elasticache', family: 'redis', host: HOST } as const;
    await assert.rejects(
      checkServer({ clock, address: '127.0.0.1', port: relay.port, authorities: [], database }),
      /: timed out after 10 s\. Check that .* lets the node connect, and that the database has TLS\. /,
    );
  });
});

it('a name of AWS is one word of the command in a message', () => {
  const failure = databaseClientFailures['database-untrusted'];
  assert.match(
    failure('', "a b\x1b[31m'c\n", false).remedy,
    /db connect 'a b \[31m'\\''c' --ca FILE`/,
  );
});

/** A packet of MySQL ("Protocol::Packet"). */
function packet(payload: string): string {
  const length = String.fromCharCode(payload.length & 0xff, payload.length >> 8, 0, 0);
  return length + payload;
}

/** The first packet of a server (MySQL, "Protocol::HandshakeV10"). @param capabilities - the lower 16 */
function greeting(capabilities: number): string {
  const flags = String.fromCharCode(capabilities & 0xff, capabilities >> 8);
  return packet(`\x0a8.0.36\0${'\x01'.repeat(4)}${'s'.repeat(8)}\0${flags}\x21\x02\0`);
}
