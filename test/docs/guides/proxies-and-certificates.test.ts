import type { TestContext } from 'node:test';
import { startTinyproxy } from '../../network/tinyproxy.ts';
import { OPENSSL, TINYPROXY } from '../../support/tools.ts';
import { testGuide, type Circumstances } from '../support/guide.ts';
import { secureAccount } from '../support/secure-account.ts';

const CERTIFICATES = 'Certificates';
const ENDPOINTS = 'Endpoints';

/** What the guide calls the endpoint of SSM. */
const REGIONAL = 'ssm.us-east-1.amazonaws.com';
const PRIVATE = 'vpce-0123456789abcdef0.ssm.us-east-1.vpce.amazonaws.com';
const USER = { name: 'ann', password: 'secret' };

testGuide('docs/proxies-and-certificates.md', { tools: [OPENSSL, TINYPROXY], prepare });

async function prepare(t: TestContext, heading: string): Promise<Circumstances> {
  const [open, guarded] = await Promise.all([startTinyproxy(t), startTinyproxy(t, USER)]);
  const { account, certificate, file } = secureAccount(t);
  return {
    account,
    aliases: ({ endpoint }) => ({
      'proxy.example.com:3128': `127.0.0.1:${open.port}`,
      'proxy.example.com:3129': `127.0.0.1:${guarded.port}`,
      [heading === ENDPOINTS ? PRIVATE : REGIONAL]: new URL(endpoint).host,
    }),
    env: {
      ...(heading === CERTIFICATES ? {} : { NODE_EXTRA_CA_CERTS: file }),
      // Only what the guide names leads anywhere.
      ...(heading === ENDPOINTS ? { AWS_ENDPOINT_URL: undefined } : {}),
    },
    files: { '~/example-corp-ca.pem': certificate },
  };
}
