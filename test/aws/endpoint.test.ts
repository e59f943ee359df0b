import assert from 'node:assert/strict';
import { it } from 'node:test';
import { configuredEndpoints, resolveEndpoint } from '../../src/aws/endpoint.ts';
import type { SharedConfig } from '../../src/aws/shared-config.ts';
import { NO_SECTIONS } from './aws-files.ts';

const NOTHING: SharedConfig = {
  profileName: 'default',
  profile: undefined,
  services: {},
  sections: NO_SECTIONS,
  fault: undefined,
};
const REGIONAL = { url: undefined, useFips: false, useDualStack: false };

function configured(
  profile: Record<string, string>,
  services: Record<string, string> = {},
): SharedConfig {
  return { profileName: 'default', profile, services, sections: NO_SECTIONS, fault: undefined };
}

it('without a setting the regional endpoint counts', () => {
  assert.deepEqual(resolveEndpoint('ssm', '', {}, NOTHING), REGIONAL);
  assert.deepEqual(resolveEndpoint('kms', '', {}, NOTHING), REGIONAL);
});

const ANSWERING = [
  'https://ssm.eu-west-1.amazonaws.com',
  'https://ssm-fips.us-gov-west-1.amazonaws.com',
  'https://ssm.eu-west-1.api.aws',
  'https://ssm.cn-north-1.amazonaws.com.cn',
  'https://vpce-0a1b-xyz.ssm.eu-west-1.vpce.amazonaws.com',
  'http://localhost:4566',
  'https://ssm.corp.example/path',
];

for (const endpoint of ANSWERING) {
  it(`the caller's ${endpoint} is called for SSM before everything else`, () => {
    const env = {
      AWS_ENDPOINT_URL_SSM: 'https://env.example',
      AWS_USE_FIPS_ENDPOINT: 'true',
      AWS_USE_DUALSTACK_ENDPOINT: 'true',
    };
    assert.deepEqual(resolveEndpoint('ssm', endpoint, env, NOTHING), {
      url: endpoint,
      useFips: false,
      useDualStack: false,
    });
  });
}

const OTHERS = [
  'https://ecs.eu-west-1.amazonaws.com',
  'https://ecs-fips.us-east-1.amazonaws.com',
  'https://vpce-0a1b-xyz.ecs.eu-west-1.vpce.amazonaws.com',
  'wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/x',
  'https://ssmmessages.eu-west-1.amazonaws.com',
  'ws://localhost:4566',
  'no url',
  '',
];

for (const endpoint of OTHERS) {
  it(`the caller's "${endpoint}" does not answer SSM and is left alone`, () => {
    assert.deepEqual(resolveEndpoint('ssm', endpoint, {}, NOTHING), REGIONAL);
    const env = { AWS_ENDPOINT_URL_SSM: 'https://env.example' };
    assert.equal(resolveEndpoint('ssm', endpoint, env, NOTHING).url, 'https://env.example');
  });
}

it("the caller's endpoint is not taken when it is the configured one of ECS", () => {
  const env = { AWS_ENDPOINT_URL_ECS: 'http://localhost:5100' };
  assert.deepEqual(resolveEndpoint('ssm', 'http://localhost:5100', env, NOTHING), REGIONAL);
  const both = { AWS_ENDPOINT_URL: 'http://localhost:5100' };
  const { url } = resolveEndpoint('ssm', 'http://localhost:5100', both, NOTHING);
  assert.equal(url, 'http://localhost:5100');
});

it("the caller's endpoint is not the one of KMS", () => {
  assert.deepEqual(resolveEndpoint('kms', 'https://ssm.corp.example', {}, NOTHING), REGIONAL);
});

it('the order is: variable of the service, variable for all, section of the service, profile', () => {
  const env: Record<string, string> = {
    AWS_ENDPOINT_URL_KMS: 'https://1.example',
    AWS_ENDPOINT_URL: 'https://2.example',
    AWS_ENDPOINT_URL_SSM: 'https://not-for-kms.example',
  };
  const config = configured(
    { endpoint_url: 'https://4.example' },
    { 'kms.endpoint_url': 'https://3.example', 'ssm.endpoint_url': 'https://no.example' },
  );
  const url = (): string | undefined => resolveEndpoint('kms', '', env, config).url;
  assert.equal(url(), 'https://1.example');
  delete env['AWS_ENDPOINT_URL_KMS'];
  assert.equal(url(), 'https://2.example');
  env['AWS_ENDPOINT_URL'] = '';
  assert.equal(url(), 'https://3.example');
  const general = configured({ endpoint_url: 'https://4.example' });
  assert.equal(resolveEndpoint('kms', '', {}, general).url, 'https://4.example');
});

it('configured endpoints can be ignored, by the environment or the profile', () => {
  const env = { AWS_ENDPOINT_URL: 'https://env.example' };
  const ignoring = { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
  assert.deepEqual(resolveEndpoint('kms', '', ignoring, NOTHING), REGIONAL);
  const profile = configured({ ignore_configured_endpoint_urls: 'true' });
  assert.deepEqual(resolveEndpoint('kms', '', env, profile), REGIONAL);
  const overridden = { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' };
  assert.equal(resolveEndpoint('kms', '', overridden, profile).url, 'https://env.example');
  assert.equal(
    resolveEndpoint('ssm', 'https://ssm.corp.example', ignoring, NOTHING).url,
    'https://ssm.corp.example',
  );
});

it('FIPS and dual stack are chosen by the environment, then by the profile', () => {
  const env = { AWS_USE_FIPS_ENDPOINT: 'true', AWS_USE_DUALSTACK_ENDPOINT: 'TRUE' };
  assert.deepEqual(resolveEndpoint('ssm', '', env, NOTHING), {
    url: undefined,
    useFips: true,
    useDualStack: true,
  });
  const profile = configured({ use_fips_endpoint: 'true', use_dualstack_endpoint: 'true' });
  assert.equal(resolveEndpoint('ssm', '', {}, profile).useFips, true);
  const off = { AWS_USE_FIPS_ENDPOINT: 'false' };
  assert.equal(resolveEndpoint('ssm', '', off, profile).useFips, false);
  assert.equal(resolveEndpoint('ssm', '', off, profile).useDualStack, true);
});

it('configured endpoints may be signed for, if they are HTTP endpoints', () => {
  const env = { AWS_ENDPOINT_URL_SSMMESSAGES: 'https://m.example', AWS_ENDPOINT_URL_SSM: 'x' };
  assert.deepEqual(configuredEndpoints('wss://stream.example', env, NOTHING), [
    'https://m.example',
  ]);
  assert.deepEqual(configuredEndpoints('https://ssm.corp.example', {}, NOTHING), [
    'https://ssm.corp.example',
  ]);
});
