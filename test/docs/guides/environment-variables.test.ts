import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ENDPOINT_SERVICES } from '../../../src/commands/doctor/checks/check-endpoints.ts';
import { testGuide } from '../support/guide.ts';
import { codeSpans, readDocument, ROOT, tableRows } from '../support/markdown.ts';

const GUIDE = 'docs/environment-variables.md';
const WILDCARD = '…';

/** A text of the sources that looks like the name of a variable. */
const NAME = /(['"])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\1/g;
/** Where a variable is read by a name without an underscore, or whatever its name looks like. */
const READ = /\benv(?:\[(['"])(\w+)\1\]|\.([A-Z]\w+))/g;
/** A name that begins so and is put together. */
const ENDPOINT_PREFIX = 'AWS_ENDPOINT_URL_';
/**
 * Besides those of sessions: `ec2` returns names, `s3` keeps copies on their way, and `ecs` finds containers.
 */
const SERVICES = [
  ...[...ENDPOINT_SERVICES, 'ec2', 'ecs', 's3', 'sso_oidc'],
  'ec2_instance_connect',
  ...['rds', 'elasticache', 'opensearch', 'redshift', 'secrets_manager'],
];

/** Files whose capitals are names of errors and ciphers of OpenSSL, of errors of the system and of the parser of HTTP, settings of the AWS SDK, and variables of other programs. */
const FOREIGN_NAMES = [
  'src/commands/forward/db/url/connection-url.ts',
  'src/commands/forward/desktop/windows-password.ts',
  'src/network/tls/tls-error.ts',
  'src/network/tls/tls-strength.ts',
  'src/network/failure-text.ts',
  'src/commands/proxy/http/http-front.ts',
  'src/aws/sdk/s3/open-object-store.ts',
  'src/commands/cp/s3/download-through-s3.ts',
];
/** What is read but has no effect that a user could want. */
const NO_SETTINGS = new Set([
  // The same as PROGRAMFILES: names of variables have no case on Windows.
  'ProgramFiles',
  // Removed, so that Node.js does not warn about unverified certificates: they are verified.
  'NODE_TLS_REJECT_UNAUTHORIZED',
  // Set, so that the AWS SDK does not speak of versions of Node.js.
  'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED',
  // The beginning of a name: a launcher has hidden the variable from the loader, not from programs.
  'GLIBC_TU',
]);

/** Variables of the AWS SDK that change nothing here, by the reason. */
const WITHOUT_EFFECT: Readonly<Record<string, readonly string[]>> = {
  'facts about credentials that no call of this program uses': [
    'AWS_ACCOUNT_ID',
    'AWS_CREDENTIAL_EXPIRATION',
    'AWS_CREDENTIAL_SCOPE',
  ],
  'other kinds of authentication than signatures': [
    'AWS_AUTH_SCHEME_PREFERENCE',
    'AWS_BEARER_TOKEN_',
    'AWS_SIGV4A_SIGNING_REGION_SET',
  ],
  'what calls itself in the header User-Agent': ['AWS_EXECUTION_ENV', 'AWS_SDK_UA_APP_ID'],
  'time-outs, which the program sets itself': [
    'AWS_DEFAULTS_MODE',
    'AWS_ENABLE_DEFAULT_SOCKET_TIMEOUT_2026',
  ],
  'checksums of S3, which the program sets itself': [
    'AWS_REQUEST_CHECKSUM_CALCULATION',
    'AWS_RESPONSE_CHECKSUM_VALIDATION',
  ],
  'names and kinds of buckets that copies do not take': [
    'AWS_S3_DISABLE_EXPRESS_SESSION_AUTH',
    'AWS_S3_USE_ARN_REGION',
  ],
  'a wrong clock, which is told to the user': ['AWS_DISABLE_CLOCK_SKEW_CORRECTION'],
};
/** The SDK reads it in a function of AWS Lambda, where no session runs. */
const LAMBDA = 'AWS_LAMBDA_';

testGuide(GUIDE);

describe('the table of variables', () => {
  const documented = new Set(
    tableRows(readDocument(GUIDE)).flatMap(([cell = '']) =>
      codeSpans(cell).map((name) => name.replace(WILDCARD, '')),
    ),
  );
  const read = variablesOfSources();

  it('finds what the sources read', () => {
    for (const name of ['SSM_PLUGIN_QUIET', 'HOME', 'HTTPS_PROXY', 'AWS_ENDPOINT_URL_KMS']) {
      assert.ok(read.has(name), `${name} is not found in src/`);
    }
  });

  it('has every variable that the sources read', () => {
    assert.deepEqual([...read].filter((name) => !documented.has(name)).sort(), []);
  });

  const ofSdk = variablesOfSdk();

  it('has every variable with which the AWS SDK inside can be steered', () => {
    const known = new Set([...documented, ...Object.values(WITHOUT_EFFECT).flat(), ...NO_SETTINGS]);
    assert.deepEqual(
      [...ofSdk].filter((name) => !known.has(name) && !name.startsWith(LAMBDA)).sort(),
      [],
    );
  });

  it('has no variable that nothing reads', () => {
    // The command `aws` is found by the system.
    const all = new Set([...read, ...ofSdk, 'PATH']);
    assert.deepEqual([...documented].filter((name) => !all.has(name)).sort(), []);
  });
});

/** Names of variables that the sources read, or may read. */
function variablesOfSources(): Set<string> {
  const names = new Set<string>();
  for (const path of globSync('src/**/*.ts', { cwd: ROOT })) {
    const text = readFileSync(join(ROOT, path), 'utf8');
    for (const [, , bracketed, dotted] of text.matchAll(READ)) names.add(bracketed ?? dotted ?? '');
    if (FOREIGN_NAMES.includes(path)) continue;
    for (const [, , name = ''] of text.matchAll(NAME)) names.add(name);
    if (text.includes(`env[\`${ENDPOINT_PREFIX}`)) {
      for (const service of SERVICES) names.add(ENDPOINT_PREFIX + service.toUpperCase());
    }
  }
  for (const name of NO_SETTINGS) names.delete(name);
  return names;
}

/** Names of variables in the parts of the bundle that hold the AWS SDK. */
function variablesOfSdk(): Set<string> {
  const parts = globSync('dist/aws*.cjs', { cwd: ROOT });
  assert.ok(parts.length > 0, 'there is no bundle: run "npm run build" first, as "npm test" does');
  const text = parts.map((part) => readFileSync(join(ROOT, part), 'utf8')).join('\n');
  const names = [
    ...text.matchAll(/["'`](AWS_[A-Z0-9_]+)(?:["'`]|\$\{)/g),
    ...text.matchAll(/\benv\.(AWS_[A-Z0-9_]+)\b/g),
  ].map(([, name = '']) => name);
  return new Set(names.filter((name) => name !== ENDPOINT_PREFIX));
}
