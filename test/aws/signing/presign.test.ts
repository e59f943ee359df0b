import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { AwsCredentials } from '../../../src/aws/credentials/credentials.ts';
import { presign } from '../../../src/aws/signing/presign.ts';
import { execFileSync, spawnSync } from '../../support/child-process.ts';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { AWS, PYTHON } from '../../support/tools.ts';

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPx' };
const TEMPORARY = { ...KEYS, sessionToken: 'IQoJb3JpZ2luX2VjE+/=Aw==' };
const REGION = 'eu-west-1';
const SECONDS = 900;

/** The SDK that the AWS CLI is made with, which has a signer for everything. */
const BOTOCORE = {
  obstacle:
    spawnSync('python3', ['-c', 'import botocore']).status === 0
      ? undefined
      : 'python3 has no botocore: apt-get install python3-botocore',
};

/** The SDK's signer for URLs (botocore, `RequestSigner.generate_presigned_url`), as the ElastiCache User Guide calls it. */
const SIGNER = `
import sys, json
from botocore.model import ServiceId
from botocore.session import get_session
from botocore.signers import RequestSigner
host, service, region, query = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
session = get_session()
signer = RequestSigner(ServiceId(service), region, service, 'v4', session.get_credentials(), session.get_component('event_emitter'))
from urllib.parse import urlencode
request = {'method': 'GET', 'url': 'http://' + host + '/?' + urlencode(query), 'body': {}, 'headers': {}, 'context': {}}
print(signer.generate_presigned_url(request, operation_name='connect', expires_in=900, region_name=region)[len('http://'):])
`;

/** When a URL was signed, in milliseconds since the epoch. */
function signedAt(url: string): number {
  const parts = /X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(url)?.slice(1) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function environment(t: TestContext, credentials: AwsCredentials): NodeJS.ProcessEnv {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return {
    PATH: process.env['PATH'],
    HOME: temporaryDirectory(t),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
  };
}

/** The same parameters in any order: a signature covers the sorted ones. */
function sorted(url: string): readonly string[] {
  return url.split(/[?&]/).sort();
}

describe('a presigned request', () => {
  for (const [credentials, user] of [
    [KEYS, 'app'],
    [TEMPORARY, 'app'],
    [TEMPORARY, 'Ünïcode user+1/2'],
  ] as const) {
    it(`is the token of \`aws rds generate-db-auth-token\` for ${user}`, needs(AWS), (t) => {
      const host = 'shop.c1a2b3.eu-west-1.rds.amazonaws.com';
      const token = execFileSync(
        'aws',
        [
          ...['rds', 'generate-db-auth-token', '--hostname', host, '--port', '5432'],
          ...['--username', user, '--region', REGION],
        ],
        { env: environment(t, credentials), encoding: 'utf8' },
      ).trim();
      const made = presign({
        ...{ host: `${host}:5432`, service: 'rds-db', region: REGION, expires: SECONDS },
        ...{ query: { Action: 'connect', DBUser: user }, credentials, now: signedAt(token) },
      });
      assert.deepEqual(sorted(made), sorted(token));
    });
  }

  for (const [query, name] of [
    [{ Action: 'connect', User: 'app' }, 'a replication group'],
    [{ Action: 'connect', User: 'app', ResourceType: 'ServerlessCache' }, 'a serverless cache'],
  ] as const) {
    it(`is the token of botocore for ${name} of ElastiCache`, needs(PYTHON, BOTOCORE), (t) => {
      const args = ['counters', 'elasticache', REGION, JSON.stringify(query)];
      const token = execFileSync('python3', ['-c', SIGNER, ...args], {
        env: environment(t, TEMPORARY),
        encoding: 'utf8',
      }).trim();
      const made = presign({
        ...{ host: 'counters', service: 'elasticache', region: REGION, expires: SECONDS, query },
        ...{ credentials: TEMPORARY, now: signedAt(token) },
      });
      assert.deepEqual(sorted(made), sorted(token));
    });
  }
});
