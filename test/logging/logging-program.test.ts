import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { edit } from './seelog/templates.ts';
import { setUpLogging, templateFor } from './logging-setup.ts';
import { execFile } from '../support/child-process.ts';

const PROGRAM = fileURLToPath(new URL('logging-program.ts', import.meta.url));
const run = promisify(execFile);

const runProgram = (configuration: string) =>
  run(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM], {
    env: { SSM_PLUGIN_LOG_CONFIG: configuration },
  });

it('the watch of a configuration keeps no program alive, and no log is written to stdout', async (t) => {
  const { directory, read } = setUpLogging(t);
  const configuration = join(directory, 'log.xml');
  const template = templateFor(directory, 'info');
  writeFileSync(
    configuration,
    edit(template, '<outputs formatid="fmtinfo">', '<outputs formatid="fmtdebug"><console/>'),
  );
  const { stdout, stderr } = await runProgram(configuration);
  const line =
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d INFO \[openDataChannel @ logging-program\.ts\.\d+\] opening the data channel\n$/;
  assert.equal(stdout, '');
  assert.match(stderr, line);
  assert.match(read('logs/session-manager-plugin.log'), line);
});

it('a program whose configuration is absent only reports that', async (t) => {
  const { directory } = setUpLogging(t);
  const { stdout, stderr } = await runProgram(join(directory, 'absent.xml'));
  assert.equal(stdout, '');
  assert.match(stderr, /^Logging: SSM_PLUGIN_LOG_CONFIG names .*\n$/);
});
