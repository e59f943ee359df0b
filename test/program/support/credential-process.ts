import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { NO_CREDENTIALS, STATIC_CREDENTIALS, type Environment } from './program.ts';

/** A profile whose credentials a process prints. */
export interface CredentialProcess {
  /** An environment in which it is the only source of credentials. */
  readonly env: Environment;
  /** How often it was run. */
  readonly runs: () => number;
}

const PRINTED = {
  Version: 1,
  AccessKeyId: STATIC_CREDENTIALS.AWS_ACCESS_KEY_ID,
  SecretAccessKey: STATIC_CREDENTIALS.AWS_SECRET_ACCESS_KEY,
  SessionToken: 'of-the-process',
  Expiration: '2100-01-01T00:00:00Z',
};

/** @param first - what its script, of /bin/sh, does before it prints credentials */
export function credentialProcess(t: TestContext, first = ''): CredentialProcess {
  const directory = temporaryDirectory(t);
  const script = join(directory, 'credentials');
  const config = join(directory, 'config');
  const runs = join(directory, 'runs');
  writeFileSync(runs, '');
  writeFileSync(
    script,
    `#!/bin/sh\necho run >>${runs}\n${first}\necho '${JSON.stringify(PRINTED)}'\n`,
    { mode: 0o755 },
  );
  writeFileSync(config, `[default]\ncredential_process = ${script} --password secret\n`);
  return {
    env: { ...NO_CREDENTIALS, AWS_CONFIG_FILE: config },
    runs: () => readFileSync(runs, 'utf8').split('\n').length - 1,
  };
}
