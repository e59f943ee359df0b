import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isPresigned, checkStreamUrl } from '../../../src/aws/signing/signing-policy.ts';

const SIGNED = [
  'wss://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/x',
  'wss://ssmmessages-fips.us-gov-west-1.amazonaws.com/v1/data-channel/x',
  'wss://ssmmessages.eu-west-1.api.aws/v1/data-channel/x',
  'wss://ssmmessages-fips.us-east-1.api.aws/v1/data-channel/x',
  'wss://ssmmessages.cn-north-1.amazonaws.com.cn/v1/data-channel/x',
  'wss://ssmmessages.cn-north-1.api.amazonwebservices.com.cn/v1/data-channel/x',
  'wss://ssmmessages.us-iso-east-1.c2s.ic.gov/v1/data-channel/x',
  'wss://ssmmessages.us-isob-east-1.sc2s.sgov.gov/v1/data-channel/x',
  'wss://ssmmessages.us-isof-south-1.csp.hci.ic.gov/v1/data-channel/x',
  'wss://ssmmessages.eu-isoe-west-1.cloud.adc-e.uk/v1/data-channel/x',
  'wss://ssmmessages.eusc-de-east-1.amazonaws.eu/v1/data-channel/x',
  'wss://vpce-0a1b2c-xyz.ssmmessages.us-east-1.vpce.amazonaws.com/v1/data-channel/x',
  'wss://vpce-0a1b2c-xyz.ssmmessages.us-east-1.vpce.amazonaws.com:443/v1/data-channel/x',
  'wss://vpce-0a1b2c-xyz-us-east-1a.ssmmessages.us-east-1.vpce.amazonaws.com/v1/data-channel/x',
  'wss://vpce-0a1b2c-xyz.ssmmessages-fips.us-east-1.vpce.amazonaws.com/v1/data-channel/x',
  'wss://SSMMESSAGES.us-east-1.AMAZONAWS.COM./v1/data-channel/x',
  'wss://localhost:8443/v1/data-channel/x',
  'ws://localhost:4566/v1/data-channel/x',
  'ws://127.0.0.1:4566/v1/data-channel/x',
  'ws://127.1.2.3/v1/data-channel/x',
  'ws://[::1]:4566/v1/data-channel/x',
];

for (const url of SIGNED) {
  it(`${url} is signed`, () => {
    assert.deepEqual(checkStreamUrl(url, []), { kind: 'sign' });
  });
}

const FOREIGN = [
  'wss://gateway.example/v1/data-channel/x',
  'wss://amazonaws.com.evil.example/v1/data-channel/x',
  'wss://ssmmessages-amazonaws.com/v1/data-channel/x',
  'wss://evilamazonaws.com/v1/data-channel/x',
  'wss://amazonaws.com/v1/data-channel/x',
  'wss://user:amazonaws.com@evil.example/v1/data-channel/x',
  'wss://evil.example/ssmmessages.us-east-1.amazonaws.com',
  // Any customer can have a host below a domain of AWS: a bucket, a load balancer, a function.
  'wss://bucket.s3.us-east-1.amazonaws.com/v1/data-channel/x',
  'wss://ssmmessages.s3.us-east-1.amazonaws.com/v1/data-channel/x',
  'wss://evil-1.elb.us-east-1.amazonaws.com/v1/data-channel/x',
  'wss://abc.execute-api.us-east-1.amazonaws.com/v1/data-channel/x',
  'wss://ssmmessages.us-east-1.evil.amazonaws.com/v1/data-channel/x',
  'wss://evil.ssmmessages.us-east-1.amazonaws.com/v1/data-channel/x',
  'wss://evil.ssmmessages.us-east-1.vpce.amazonaws.com/v1/data-channel/x',
  'wss://vpce-0a1b2c.ssmmessages.us-east-1.evil.amazonaws.com/v1/data-channel/x',
  'wss://ssm.us-east-1.amazonaws.com/v1/data-channel/x',
  // Empty labels.
  'wss://ssmmessages..amazonaws.com/v1/data-channel/x',
  'wss://.us-east-1.amazonaws.com/v1/data-channel/x',
  'wss://ssmmessages.us-east-1..amazonaws.com/v1/data-channel/x',
];

for (const url of FOREIGN) {
  it(`${url} is connected to without a signature`, () => {
    assert.deepEqual(checkStreamUrl(url, []), { kind: 'unsigned', reason: 'foreign-host' });
  });
}

for (const userInfo of ['user', 'user:password', ':password']) {
  it(`a URL with the user information ${userInfo} is connected to without a signature`, () => {
    const url = `wss://${userInfo}@ssmmessages.us-east-1.amazonaws.com/v1/data-channel/x`;
    assert.deepEqual(checkStreamUrl(url, []), { kind: 'unsigned', reason: 'user-info' });
  });
}

it('the host of a configured endpoint is signed for, whatever its port', () => {
  const endpoints = ['https://ssm.corp.example:8443', 'http://other.example'];
  for (const url of ['wss://ssm.corp.example/x', 'wss://SSM.corp.example:9443/x']) {
    assert.deepEqual(checkStreamUrl(url, endpoints), { kind: 'sign' });
  }
  assert.deepEqual(checkStreamUrl('wss://sub.ssm.corp.example/x', endpoints), {
    kind: 'unsigned',
    reason: 'foreign-host',
  });
});

const REFUSED = [
  'ws://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/x',
  'ws://gateway.example/x',
  'ws://127.0.0.1.evil.example/x',
  'ws://localhost.evil.example/x',
  'ws://10.0.0.1/x',
  'ws://0.0.0.0/x',
  'http://127.0.0.1/x',
  'wss://evil.example/#.amazonaws.com',
  'file:///etc/passwd',
  'no url',
  '',
];

for (const url of REFUSED) {
  it(`"${url}" is refused`, () => {
    const verdict = checkStreamUrl(url, ['https://gateway.example']);
    assert.equal(verdict.kind, 'refuse');
  });
}

it('a URL that carries a signature is not signed again', () => {
  for (const name of ['X-Amz-Signature', 'X-Amz-Algorithm', 'x-amz-credential']) {
    const url = `wss://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/x?role=y&${name}=z`;
    assert.equal(isPresigned(new URL(url)), true);
    assert.deepEqual(checkStreamUrl(url, []), { kind: 'unsigned', reason: 'presigned' });
  }
  assert.equal(isPresigned(new URL('wss://h.example/x?role=y&note=X-Amz-Date')), false);
});
