import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { testGuide, type Circumstances } from '../support/guide.ts';

testGuide('docs/copy.md', { prepare });

function prepare(t: TestContext): Circumstances {
  const srv = temporaryDirectory(t);
  mkdirSync(join(srv, 'www'));
  writeFileSync(join(srv, 'www', 'access.log'), 'GET / 200 5\n');
  return { aliases: () => ({ '/srv': srv }) };
}
