import assert from 'node:assert/strict';
import { it } from 'node:test';

import type { LogEntry } from '../../../src/logging/log-entry.ts';
import { compileFormat, DEFAULT_FORMAT } from '../../../src/logging/seelog/log-format.ts';
import { compileTimeLayout } from '../../../src/logging/seelog/time-layout.ts';

const entry: LogEntry = {
  level: 'warn',
  message: 'socket lost',
  time: Date.UTC(2024, 1, 5, 16, 7, 9, 80),
  site: { file: '/opt/plugin/session.mjs', line: 42, functionName: 'Session.reconnect' },
};

const cases: readonly (readonly [format: string, line: string])[] = [
  ['%Msg', 'socket lost'],
  ['%LEVEL %Level %level', 'WARN Warn warn'],
  ['%LEV %Lev %l', 'WRN Wrn w'],
  ['%Levels', 'Warns'],
  ['%UTCDate %UTCTime', '2024-02-05 16:07:09'],
  ['%UTCDate(02/01/2006 15h04)', '05/02/2024 16h07'],
  ['%Ns %UTCNs', '1707149229080000000 1707149229080000000'],
  ['%FullPath', '/opt/plugin/session.mjs'],
  ['%File.%Line %RelFile', 'session.mjs.42 session.mjs'],
  ['%Func %FuncShort', 'Session.reconnect reconnect'],
  ['a%tb%n', 'a\tb\n'],
  ['100%% [%l]', '100% [w]'],
  ['%EscM(31)%Msg%EscM(0)', '\u001b[31msocket lost\u001b[0m'],
  ['no verbs', 'no verbs'],
];

for (const [format, line] of cases) {
  it(`the format "${format}" is rendered with seelog's verbs`, () => {
    const { render, unknownVerbs } = compileFormat(format);
    assert.equal(render(entry), line);
    assert.deepEqual(unknownVerbs, []);
  });
}

it('date and time are local unless the verb is for UTC', () => {
  const local = compileTimeLayout('2006-01-02 15:04:05 15.04', 'local');
  assert.equal(compileFormat('%Date %Time %Date(15.04)').render(entry), local(entry.time));
});

it('unknown verbs are reported and printed unchanged', () => {
  const { render, unknownVerbs } = compileFormat('%Pid %Msg % %');
  assert.deepEqual(unknownVerbs, ['%Pid', '%', '%']);
  assert.equal(render(entry), '%Pid socket lost % %');
});

it('a message with a percent sign is not a format', () => {
  assert.equal(compileFormat('%Msg').render({ ...entry, message: '50%Msg' }), '50%Msg');
});

it('only the verbs for the place in the program need a call site', () => {
  assert.ok(!compileFormat('%Date %Time %LEVEL %Msg%n').needsCallSite);
  assert.ok(!compileFormat(DEFAULT_FORMAT).needsCallSite);
  for (const verb of ['%FullPath', '%File', '%RelFile', '%Func', '%FuncShort', '%Line']) {
    assert.ok(compileFormat(verb).needsCallSite, verb);
  }
});

it('an entry without a call site has placeholders for it', () => {
  const { render } = compileFormat('[%FuncShort @ %File.%Line]');
  assert.equal(render({ ...entry, site: undefined }), '[anonymous @ .0]');
});

it('the file name of a Windows path is its last part', () => {
  const site = { file: 'C:\\Program Files\\plugin\\main.mjs', line: 1, functionName: 'run' };
  assert.equal(compileFormat('%File').render({ ...entry, site }), 'main.mjs');
});
