import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { getSecretText } from '../../../../../src/aws/sdk/calls/database-sign-in.ts';
import { serviceUrl } from '../../../../../src/aws/sdk/calls/direct/regional-endpoints.ts';
import { callQuery } from '../../../../../src/aws/sdk/calls/direct/query-request.ts';
import { callJson } from '../../../../../src/aws/sdk/calls/direct/service-request.ts';
import { listMember } from '../../../../../src/aws/sdk/calls/direct/xml-answer.ts';
import { createSdkCalls, type SdkCalls } from '../../../../../src/aws/sdk/sdk-calls.ts';
import type { JsonObject } from '../../../../../src/lib/json.ts';
import { readBody } from '../../../../local-aws/api/answers/json-request.ts';
import { serve } from '../../../../network/local-server.ts';
import { awsOptionsFor, failsWith } from '../../../test-aws.ts';

const RDS = { service: 'rds', version: '2014-10-31' } as const;
const EC2 = { service: 'ec2', version: '2016-11-15' } as const;
const SECRETS = { service: 'secrets_manager', target: 'secretsmanager' } as const;
const WHAT = { action: 'a:B', object: 'it', purpose: 'find it' };

interface Received {
  readonly request: IncomingMessage;
  readonly body: string;
}

/** Calls a service that has one answer. */
async function call(
  t: TestContext,
  run: (calls: SdkCalls) => Promise<JsonObject>,
  answer: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly answer: JsonObject; readonly received: Received }> {
  let received: Received | undefined;
  const port = await serve(t, (request, response) => {
    void readBody(request).then((body) => {
      received = { request, body };
      response.writeHead(status, headers).end(answer);
    });
  });
  const calls = createSdkCalls(
    awsOptionsFor(t, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, AWS_MAX_ATTEMPTS: '1' }),
  );
  const answered = await run(calls);
  assert.ok(received !== undefined);
  return { answer: answered, received };
}

const scopeOf = ({ request }: Received): string =>
  /Credential=\w+\/\d+\/([^,]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';

describe('a call of a service without a client of its own', () => {
  it('is a form with an answer in XML', async (t) => {
    // Amazon RDS API, DescribeDBInstances, "Examples".
    const { answer, received } = await call(
      t,
      (calls) =>
        callQuery(calls, RDS, WHAT, 'DescribeDBInstances', {
          ...{ MaxRecords: '100', Marker: undefined, 'Filters.Filter.1.Name': 'a&b=' },
        }),
      `<DescribeDBInstancesResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/">
        <DescribeDBInstancesResult><DBInstances>
          <DBInstance><Name>one &amp; two</Name><__proto__>x</__proto__><Tags/></DBInstance>
        </DBInstances><Marker></Marker></DescribeDBInstancesResult>
        <ResponseMetadata><RequestId>id</RequestId></ResponseMetadata>
      </DescribeDBInstancesResponse>`,
    );
    const [one, ...others] = listMember(answer, 'DBInstances', 'DBInstance');
    assert.equal(one?.['Name'], 'one & two');
    assert.equal(Object.getPrototypeOf(one), Object.prototype);
    assert.deepEqual(others, []);
    assert.deepEqual(listMember(one, 'Tags', 'Tag'), []);
    assert.equal(answer['Marker'], '');
    assert.deepEqual(Object.fromEntries(new URLSearchParams(received.body)), {
      Action: 'DescribeDBInstances',
      Version: '2014-10-31',
      MaxRecords: '100',
      'Filters.Filter.1.Name': 'a&b=',
    });
    assert.equal(received.request.headers['x-amz-target'], undefined);
    assert.equal(scopeOf(received), 'eu-west-1/rds/aws4_request');
  });

  it('is AWS JSON', async (t) => {
    const { answer, received } = await call(
      t,
      (calls) =>
        callJson(calls, SECRETS, WHAT, { operation: 'GetSecretValue', input: { SecretId: 'arn' } }),
      '{"SecretString":"s","CreatedDate":1.5}',
    );
    assert.deepEqual([answer['SecretString'], answer['CreatedDate']], ['s', 1.5]);
    assert.equal(received.request.headers['x-amz-target'], 'secretsmanager.GetSecretValue');
    assert.equal(received.body, '{"SecretId":"arn"}');
    assert.equal(scopeOf(received), 'eu-west-1/secretsmanager/aws4_request');
  });

  const denied = failsWith('access-denied', /^Cannot find it: .*is not allowed/);
  const message = 'User: arn:aws:iam::1:user/u is not authorized to perform: a:B';
  for (const [what, run, answer, headers] of [
    [
      'a query service',
      (calls: SdkCalls) => callQuery(calls, RDS, WHAT, 'Do'),
      `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error></ErrorResponse>`,
      {},
    ],
    [
      'EC2',
      (calls: SdkCalls) => callQuery(calls, EC2, WHAT, 'Do'),
      `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>${message}</Message></Error></Errors></Response>`,
      {},
    ],
  ] as const) {
    it(`is refused by ${what} in the words of all calls`, async (t) => {
      await assert.rejects(call(t, run, answer, 403, headers), denied);
    });
  }

  for (const [what, status, answer] of [
    ['a page of HTML', 200, '<!doctype html><p>Sign in<br></html>'],
    ['a page of HTML with an error', 403, '<html><p>Denied<br></html>'],
  ] as const) {
    it(`is not answered by ${what}`, async (t) => {
      const answered = call(t, (calls) => callQuery(calls, RDS, WHAT, 'Do'), answer, status);
      await assert.rejects(answered, failsWith('invalid', /does not come from AWS/));
    });
  }
});

// botocore of August 2026, endpoint-rule-set-1.json of each service, evaluated for all regions of partitions.json.
for (const [region, service, useFips, useDualStack, url] of [
  ['eu-west-1', 'ecs', false, false, 'ecs.eu-west-1.amazonaws.com'],
  ['eu-west-1', 'ec2_instance_connect', false, true, 'ec2-instance-connect.eu-west-1.api.aws'],
  ['us-gov-west-1', 'ecs', true, false, 'ecs-fips.us-gov-west-1.amazonaws.com'],
  ['us-gov-west-1', 'rds', true, false, 'rds.us-gov-west-1.amazonaws.com'],
  ['us-gov-west-1', 'rds', true, true, 'rds-fips.us-gov-west-1.api.aws'],
  ['us-east-1', 'rds', true, false, 'rds-fips.us-east-1.amazonaws.com'],
  ['cn-north-1', 'elasticache', false, false, 'elasticache.cn-north-1.amazonaws.com.cn'],
  ['eu-west-1', 'opensearch', false, false, 'es.eu-west-1.amazonaws.com'],
  ['eu-west-1', 'opensearch', false, true, 'aos.eu-west-1.api.aws'],
  ['us-east-1', 'opensearch', true, true, 'es-fips.us-east-1.api.aws'],
  ['us-east-1', 'secrets_manager', true, true, 'secretsmanager-fips.us-east-1.amazonaws.com'],
  [
    'us-gov-east-1',
    'secrets_manager',
    true,
    false,
    'secretsmanager-fips.us-gov-east-1.amazonaws.com',
  ],
  ['us-gov-east-1', 'kms', true, false, 'kms-fips.us-gov-east-1.amazonaws.com'],
  ['us-gov-east-1', 'sts', true, false, 'sts.us-gov-east-1.amazonaws.com'],
  ['us-gov-east-1', 'ssmmessages', true, false, 'ssmmessages.us-gov-east-1.amazonaws.com'],
] as const) {
  it(`${service} in ${region}, FIPS ${useFips}, IPv6 ${useDualStack}: ${url}`, () => {
    assert.equal(
      serviceUrl(region, service, { url: undefined, useFips, useDualStack }),
      `https://${url}`,
    );
  });
}

it('an error without a text of its own is reported with the message of the service', async (t) => {
  await assert.rejects(
    call(
      t,
      (calls) => callJson(calls, SECRETS, WHAT, { operation: 'GetSecretValue', input: {} }),
      '{"__type":"com.amazonaws.x#OddException","message":"It is odd."}',
      400,
    ),
    failsWith('invalid', /^Cannot find it: .*It is odd/),
  );
});

it('a secret that does not exist is reported as that', async (t) => {
  const answer = '{"__type":"ResourceNotFoundException","Message":"cannot find it"}';
  const getText = async (calls: SdkCalls): Promise<JsonObject> => ({
    text: await getSecretText(calls, 'orders'),
  });
  await assert.rejects(
    call(t, getText, answer, 400),
    failsWith('not-found', /^There is no secret orders in this region/),
  );
});
