import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseHostName } from '../../../src/commands/ssh-config/keyless/host-name.ts';

describe('a host name of ssh', () => {
  const MEANINGS: readonly (readonly [string, string, string?, string?])[] = [
    ['i-0123456789abcdef0', 'i-0123456789abcdef0'],
    ['mi-0123456789abcdef0', 'mi-0123456789abcdef0'],
    ['web-1.ssm', 'web-1'],
    ['WEB-1.SSM', 'web-1'],
    ['web-1.eu-central-1.ssm', 'web-1', 'eu-central-1'],
    ['web-1.eu-central-1.prod.ssm', 'web-1', 'eu-central-1', 'prod'],
    ['web-1.us-gov-west-1.prod.eu.ssm', 'web-1', 'us-gov-west-1', 'prod.eu'],
    ['db.web-1.ap-southeast-2.prod.ssm', 'db.web-1', 'ap-southeast-2', 'prod'],
    ['web.example.com.ssm', 'web.example.com'],
    // A name may look like a region: the first label is always one of the name.
    ['eu-central-1.ssm', 'eu-central-1'],
    ['us-east-1.us-west-2.ssm', 'us-east-1', 'us-west-2'],
    ['10.0.0.7.us-east-1.ssm', '10.0.0.7', 'us-east-1'],
    // Private DNS names of EC2.
    ['ip-10-0-0-7.eu-central-1.compute.internal.ssm', 'ip-10-0-0-7.eu-central-1.compute.internal'],
    ['ip-10-0-0-7.ec2.internal.ssm', 'ip-10-0-0-7.ec2.internal'],
  ];
  for (const [host, target, region = '', profile = ''] of MEANINGS) {
    it(`means a target, and maybe its account: ${host}`, () => {
      const meaning = { host: host.toLowerCase(), target, region, profile };
      assert.deepEqual(parseHostName(host), meaning);
    });
  }

  for (const host of [
    '',
    '.ssm',
    '-x.ssm',
    '../x.ssm',
    'a/b.ssm',
    'a b.ssm',
    'a*.ssm',
    '$(x).ssm',
    'ä.ssm',
    `a\n.ssm`,
  ]) {
    it(`is none of a target: ${JSON.stringify(host)}`, () => {
      assert.equal(parseHostName(host), undefined);
    });
  }
});
