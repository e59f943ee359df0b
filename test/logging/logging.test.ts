import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';

import { EARLY_ENTRIES } from '../../src/logging/early-entries.ts';
import { systemLogFileSystem } from '../../src/logging/file/log-file-system.ts';
import { CLOSE_MILLISECONDS } from '../../src/logging/logging.ts';
import * as seelog from '../../src/logging/seelog/seelog.ts';
import { plainConfiguration, setUpLogging, templateFor } from './logging-setup.ts';

const SESSION_LOG = 'logs/session-manager-plugin.log';
const ERROR_LOG = 'logs/errors.log';

it('without a configuration nothing is loaded, made or printed', async (t) => {
  const { directory, start, check, warnings, read } = setUpLogging(t);
  const { logger, close } = start({ loadSeelog: () => assert.fail('the reader was loaded') });
  logger.error('lost');
  assert.equal(logger.debugEnabled, false);
  await check();
  await close();
  assert.deepEqual(warnings, []);
  assert.equal(read(SESSION_LOG), '');
  assert.ok(!existsSync(join(directory, 'logs')));
});

it('the template as installed logs nothing and makes no directory', async (t) => {
  const { directory, configure, start, warnings } = setUpLogging(t);
  configure(templateFor(directory, 'off'));
  const { logger, close } = start();
  logger.error('lost');
  await close();
  assert.ok(!existsSync(join(directory, 'logs')));
  assert.deepEqual(warnings, []);
});

it('at info, messages from the start on reach the session log, errors the error log too', async (t) => {
  const { directory, configure, start, read, warnings } = setUpLogging(t);
  configure(templateFor(directory, 'info'));
  const { logger, close } = start();
  logger.info('opening the data channel');
  logger.debug('packet 1');
  logger.warn('slow network');
  logger.error('socket lost');
  await close();
  const stamp = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
  assert.match(
    read(SESSION_LOG),
    new RegExp(
      `^${stamp} INFO opening the data channel\n${stamp} WARN slow network\n${stamp} ERROR socket lost\n$`,
    ),
  );
  assert.match(
    read(ERROR_LOG),
    new RegExp(String.raw`^${stamp} ERROR \[\S+ @ logging\.test\.ts\.\d+\] socket lost\n$`),
  );
  assert.deepEqual(warnings, []);
});

it('debugEnabled follows the configuration', async (t) => {
  const { directory, configure, start, check } = setUpLogging(t);
  configure(templateFor(directory, 'debug'));
  const { logger, close } = start();
  assert.ok(logger.debugEnabled, 'until the configuration is read, what may be wanted is kept');
  await check();
  assert.ok(logger.debugEnabled);
  configure(templateFor(directory, 'info'));
  await check();
  assert.equal(logger.debugEnabled, false);
  await close();
});

it('of too many early messages the oldest are dropped, and their number is logged', async (t) => {
  const { directory, configure, start, read } = setUpLogging(t);
  configure(plainConfiguration(join(directory, 'x.log'), 'trace'));
  const { logger, close } = start();
  for (let count = 1; count <= EARLY_ENTRIES + 2; count += 1) logger.trace(`message ${count}`);
  await close();
  const lines = read('x.log').trimEnd().split('\n');
  assert.deepEqual(lines.slice(0, 2), [
    'WARN 2 log messages were dropped before the configuration was read',
    'TRACE message 3',
  ]);
  assert.equal(lines.at(-1), `TRACE message ${EARLY_ENTRIES + 2}`);
  assert.equal(lines.length, EARLY_ENTRIES + 1);
});

it('a running session starts, changes and stops logging as the file is edited', async (t) => {
  const { directory, configure, start, check, read } = setUpLogging(t);
  const { logger, close } = start({ loadSeelog: () => Promise.resolve(seelog) });
  await check();
  logger.info('before');
  configure(plainConfiguration(join(directory, 'x.log'), 'info'));
  await check();
  logger.info('one');
  configure(plainConfiguration(join(directory, 'y.log'), 'debug'));
  await check();
  logger.debug('two');
  rmSync(join(directory, 'seelog.xml'));
  await check();
  await check();
  logger.error('after');
  await close();
  assert.equal(read('x.log'), 'INFO one\n');
  assert.equal(read('y.log'), 'DEBUG two\n');
});

it('a file that becomes broken is reported once, and the present configuration stays', async (t) => {
  const { directory, configure, start, check, read, warnings } = setUpLogging(t);
  configure(plainConfiguration(join(directory, 'x.log'), 'info'));
  const { logger, close } = start({ loadSeelog: () => Promise.resolve(seelog) });
  await check();
  configure('<seelog minlevel="debug">');
  for (let count = 0; count < 4; count += 1) await check();
  logger.info('still here');
  await close();
  assert.equal(read('x.log'), 'INFO still here\n');
  assert.equal(warnings.length, 1);
  assert.match(warnings.join(), /^Logging: .*seelog\.xml cannot be used \(.*\); the previous/);
});

it('a file that is broken from the start is reported once and leaves logging off', async (t) => {
  const { configure, start, check, warnings } = setUpLogging(t);
  configure('<seelog minlevel="loud"/>');
  const { logger, close } = start({ loadSeelog: () => Promise.resolve(seelog) });
  logger.error('lost');
  await check();
  await check();
  assert.equal(logger.debugEnabled, false);
  await close();
  assert.equal(warnings.length, 1);
  assert.match(warnings.join(), /minlevel="loud".*; logging is off\.$/);
});

it('what is unknown is reported in one warning, and the rest is used', async (t) => {
  const { directory, configure, start, read, warnings } = setUpLogging(t);
  const path = join(directory, 'x.log');
  configure(`<seelog><outputs><smtp/><conn/><file path="${path}"/></outputs></seelog>`);
  const { logger, close } = start();
  logger.info('here');
  await close();
  assert.match(read('x.log'), /^\d+ \[Info\] here\n$/);
  assert.equal(warnings.length, 1);
  assert.match(warnings.join(), /<smtp> is not available; the output <conn> is not available\.$/);
});

it('a directory that cannot be written is reported once for all its files, and so are lost lines', async (t) => {
  const { directory, configure, start, check, warnings } = setUpLogging(t);
  configure(templateFor(directory, 'info'));
  writeFileSync(join(directory, 'logs'), 'a file in the place of the directory');
  const { logger, close } = start({ loadSeelog: () => Promise.resolve(seelog) });
  logger.error('one');
  await check();
  logger.error('two');
  await check();
  assert.equal(warnings.length, 1);
  assert.match(warnings.join(), /^Logging: cannot write the log file .* the session continues/);
  await close();
  // Each message is a line of both files.
  assert.deepEqual(warnings.slice(1), [
    'Logging: 4 log lines are lost: they could not be written.',
  ]);
});

it('a log deleted while the session runs is made again', async (t) => {
  const { directory, configure, start, check, read } = setUpLogging(t);
  configure(plainConfiguration(join(directory, 'logs', 'x.log'), 'info'));
  const { logger, close } = start({ loadSeelog: () => Promise.resolve(seelog) });
  logger.info('one');
  await check();
  assert.equal(read('logs/x.log'), 'INFO one\n');
  rmSync(join(directory, 'logs'), { recursive: true });
  logger.info('two');
  await close();
  assert.equal(read('logs/x.log'), 'INFO two\n');
});

it('the console of the configuration is stderr, never the data stream', async (t) => {
  const { configure, start, console } = setUpLogging(t);
  configure(
    `<seelog><outputs formatid="f"><console/></outputs>
     <formats><format id="f" format="%l %Msg%n"/></formats></seelog>`,
  );
  const { logger, close } = start();
  logger.trace('packet');
  await close();
  assert.deepEqual(console, ['t packet\n']);
});

it('an exception of the configuration changes the level for a part of the program', async (t) => {
  const { directory, configure, start, read } = setUpLogging(t);
  const text = plainConfiguration(join(directory, 'x.log'), 'info');
  const exception =
    '<exception filepattern="*logging.test.ts" funcpattern="chatty" minlevel="error"/>';
  configure(text.replace('<outputs', `<exceptions>${exception}</exceptions><outputs`));
  const { logger, close } = start();
  function chatty(): void {
    logger.info('left out');
    logger.error('kept');
  }
  chatty();
  logger.info('from elsewhere');
  await close();
  assert.equal(read('x.log'), 'ERROR kept\nINFO from elsewhere\n');
});

it('a payload that a type assertion hides as a text is not logged', async (t) => {
  const { directory, configure, start, read } = setUpLogging(t);
  configure(plainConfiguration(join(directory, 'x.log'), 'trace'));
  const { logger, close } = start();
  const passOff = (value: unknown): string => value as string;
  logger.trace(passOff(Buffer.from('secret')));
  logger.trace(passOff({ token: 'secret', toString: () => 'secret' }));
  await close();
  assert.equal(read('x.log'), 'TRACE (not a text, left out)\n'.repeat(2));
});

it('SSM_PLUGIN_LOG_CONFIG names the file, and an absent one is reported', async (t) => {
  const { directory, start, read, warnings } = setUpLogging(t);
  const named = join(directory, 'named.xml');
  const env = { SSM_PLUGIN_LOG_CONFIG: named };
  await start({ env }).close();
  assert.match(warnings.join(), /SSM_PLUGIN_LOG_CONFIG names .*named\.xml, which does not exist/);
  writeFileSync(named, plainConfiguration(join(directory, 'x.log'), 'info'));
  const { logger, close } = start({ env });
  logger.info('here');
  await close();
  assert.equal(read('x.log'), 'INFO here\n');
  assert.equal(warnings.length, 1);
});

it('a configuration in a directory that may not be searched leaves logging off', async (t) => {
  const checkNow = (): never => {
    throw new Error('permission denied');
  };
  const check = (): Promise<never> => Promise.reject(new Error('permission denied'));
  const setup = setUpLogging(t, { ...systemLogFileSystem, checkNow, check });
  const { logger, close } = setup.start();
  logger.error('lost');
  await setup.check();
  await close();
  assert.deepEqual(setup.warnings, []);
});

it('the end of the program does not wait for a disk that hangs', async (t) => {
  const openForAppending = (): Promise<never> => new Promise<never>(() => undefined);
  const setup = setUpLogging(t, { ...systemLogFileSystem, openForAppending });
  setup.configure(plainConfiguration(join(setup.directory, 'x.log'), 'info'));
  const { logger, close } = setup.start();
  logger.info('here');
  const closed = close();
  setup.clock.advance(CLOSE_MILLISECONDS);
  await closed;
  assert.equal(setup.clock.pending, 0);
});

it('after the end nothing is logged, and a second end does nothing', async (t) => {
  const { directory, clock, configure, start, read } = setUpLogging(t);
  mkdirSync(join(directory, 'logs'));
  configure(plainConfiguration(join(directory, 'logs', 'x.log'), 'debug'));
  const { logger, close } = start();
  logger.info('one');
  const closed = close();
  logger.info('two');
  assert.equal(logger.debugEnabled, false);
  assert.equal(close(), closed);
  await closed;
  assert.equal(read('logs/x.log'), 'INFO one\n');
  assert.equal(clock.pending, 0);
});
