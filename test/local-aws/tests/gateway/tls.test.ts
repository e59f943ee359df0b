import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { createAuthority } from '../../../network/certificate-authority.ts';
import { startLocalAws } from '../../local-aws.ts';
import { createRawClient } from '../support/raw-client.ts';
import type { SessionResponse } from '../../session/session-request.ts';
import { needs } from '../../../support/require-tools.ts';
import { OPENSSL } from '../../../support/tools.ts';
import { LOCALHOST } from '../../../support/localhost.ts';

describe('the local target with a certificate', () => {
  it('serves the API and the gateway over TLS', needs(OPENSSL, LOCALHOST), async () => {
    const directory = mkdtempSync(join(tmpdir(), 'local-aws-'));
    const authority = createAuthority(directory, 'Local authority');
    const aws = await startLocalAws({
      tls: authority.issue(['DNS:localhost']),
      hostName: 'localhost',
    });
    const client = createRawClient({ ca: authority.certificate });
    try {
      assert.match(aws.endpoint, /^https:\/\/localhost:/);
      const call = request(aws.endpoint, {
        method: 'POST',
        ca: authority.certificate,
        family: 4,
        headers: { 'x-amz-target': 'AmazonSSM.StartSession' },
      });
      call.end('{"Target":"i-0123456789abcdef0"}');
      const [incoming] = (await once(call, 'response')) as [IncomingMessage];
      const answer = await text(incoming);
      const response = JSON.parse(answer) as SessionResponse;
      assert.match(response.StreamUrl, /^wss:\/\/localhost:/);
      await client.connect(response);
      await client.until('the prompt', () => client.output() === '$ ');
    } finally {
      client.close();
      await aws.close();
      rmSync(directory, { recursive: true });
    }
  });
});
