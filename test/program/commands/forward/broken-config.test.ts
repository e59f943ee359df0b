import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createAuthority } from '../../../network/certificate-authority.ts';
import { LOCALHOST } from '../../../support/localhost.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { OPENSSL } from '../../../support/tools.ts';
import { TARGET } from '../../support/target.ts';
import { nameAt, startNamed, untilEvent } from '../support/forwarding.ts';
import { startCommand, startCommandTarget } from '../support/run-command.ts';

describe('forward, when the AWS files break between two sessions', { timeout: 120_000 }, () => {
  for (const broken of [
    '[default\n',
    'region = us-east-1\n',
    '[default]\nca_bundle = /missing\n',
  ]) {
    const title = `pauses, and goes on when they are repaired: ${JSON.stringify(broken)}`;
    it(title, needs(OPENSSL, LOCALHOST), async (t) => {
      const service = await startNamed(t, 'hello');
      const home = temporaryDirectory(t);
      const authority = createAuthority(home, 'Private Test Root');
      const target = await startCommandTarget(t, {
        tls: authority.issue(['DNS:localhost']),
        hostName: 'localhost',
      });
      const config = join(home, '.aws', 'config');
      mkdirSync(join(home, '.aws'));
      const right = `[default]\nregion = us-east-1\nca_bundle = ${authority.file}\n`;
      writeFileSync(config, right);
      const program = startCommand(t, target, ['forward', TARGET, '--json', `0:${service.port}`], {
        env: { HOME: home },
      });
      const { local } = await untilEvent(program, 'listening');
      target.aws.sessions[0]?.terminate();
      await untilEvent(program, 'idle');
      writeFileSync(config, broken);
      const name = nameAt(t, local.port);
      const { error } = await untilEvent(program, 'pausing');
      assert.notEqual(error?.reason, 'internal');
      writeFileSync(config, right);
      assert.equal(await name, 'hello');
      program.kill('SIGINT');
      assert.deepEqual(await program.end(), { status: 0, signal: null });
    });
  }
});
