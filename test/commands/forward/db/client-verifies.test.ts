import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  psql,
  redisCli,
  type ClientStart,
} from '../../../../src/commands/forward/db/connect/client-start.ts';
import { mysql } from '../../../../src/commands/forward/db/connect/mysql-start.ts';
import { createAuthority } from '../../../network/certificate-authority.ts';
import { HOST } from '../../../program/commands/db/support/connect.ts';
import { relayTo } from '../../../program/commands/db/support/servers.ts';
import { databaseSystem } from '../../../program/commands/db/support/systems.ts';
import { startCommandPiped } from '../../../program/support/piped-program.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

const PASSWORD = 'secret';
const STARTS: readonly (readonly [name: string, start: ClientStart, refused: RegExp])[] = [
  ['PostgreSQL', psql, /certificate verify failed/],
  ['MariaDB', mysql, /unable to get local issuer certificate/],
  ['Redis', redisCli, /certificate verify failed/],
];

describe('a client that db connect starts', { timeout: 120_000 }, () => {
  for (const [name, start, refused] of STARTS) {
    const { isHere, startServer, program, whoAmI } = databaseSystem(name);

    it(`verifies by itself who has issued the certificate: ${program}`, async (t) => {
      if (!isHere(t)) return;
      const directory = temporaryDirectory(t);
      const authority = createAuthority(directory, 'Authority');
      const other = createAuthority(directory, 'Other authority');
      const server = await startServer(t, authority.issue([`DNS:${HOST}`]));
      server.setPassword('app', PASSWORD);
      const port = await relayTo(t, server);

      const run = async (
        authorities: string,
        host: string,
      ): Promise<readonly [status: number | null, stdout: string, stderr: string]> => {
        const { command, variables } = await start({
          ...{ program, host, port, user: 'app', authorities },
          ...{
            address: '127.0.0.1',
            databaseName: '',
            env: process.env,
            platform: process.platform,
          },
          credential: { kind: 'password', text: PASSWORD },
          isInTerminal: false,
          write(file, text) {
            const path = join(directory, file);
            writeFileSync(path, text, { mode: 0o600 });
            return path;
          },
        });
        const args = [...command, ...whoAmI];
        const env = Object.entries(variables).flatMap(([variable, value]) =>
          value === undefined ? ['-u', variable] : [],
        );
        const set = Object.entries(variables).flatMap(([variable, value]) =>
          value === undefined ? [] : [`${variable}=${value}`],
        );
        const child = startCommandPiped(t, ['env', ...env, ...set, ...args]);
        child.stdin.end();
        const { status } = await child.end();
        return [status, child.stdout.text, child.stderr.text];
      };

      assert.deepEqual((await run(authority.file, HOST)).slice(0, 2), [0, 'app\n']);
      const [status, stdout, stderr] = await run(other.file, HOST);
      assert.notEqual(status, 0);
      assert.equal(stdout, '');
      assert.match(stderr, refused);
      if (name !== 'PostgreSQL') return;
      const [, , wrongName] = await run(authority.file, 'other.example');
      assert.match(
        wrongName,
        /server certificate for ".*" does not match host name "other\.example"/,
      );
    });
  }
});
