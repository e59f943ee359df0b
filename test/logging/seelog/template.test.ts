import assert from 'node:assert/strict';
import { it } from 'node:test';

import { readConfiguration } from '../../../src/logging/seelog/read-configuration.ts';
import { edit, readTemplate } from './templates.ts';

const read = (text: string) => readConfiguration(Buffer.from(text));

const directories = {
  posix: '/usr/local/sessionmanagerplugin/logs/',
  windows: 'C:\\Program Files\\Amazon\\SessionManagerPlugin\\Logs\\',
};

for (const platform of ['posix', 'windows'] as const) {
  const template = readTemplate(platform);

  it(`the ${platform} template, only renamed, logs nothing`, () => {
    const { constraints, notices } = read(template);
    assert.equal(constraints.levels.size, 0);
    assert.deepEqual(notices, []);
  });

  it(`the ${platform} template has the two files of the install guide`, () => {
    const [session, errors, ...others] = read(template).routes;
    assert.deepEqual(session?.receiver, {
      kind: 'file',
      path: `${directories[platform]}session-manager-plugin.log`,
      rolling: { maxBytes: 30_000_000, maxRolls: 5 },
    });
    assert.deepEqual(errors?.receiver, {
      kind: 'file',
      path: `${directories[platform]}errors.log`,
      rolling: { maxBytes: 10_000_000, maxRolls: 5 },
    });
    assert.deepEqual([...errors.levels], ['error', 'critical']);
    assert.deepEqual(others, []);
  });

  it(`on ${platform} the guide's change of minlevel turns logging on`, () => {
    const info = read(edit(template, 'minlevel="off"', 'minlevel="info"'));
    assert.deepEqual([...info.constraints.levels], ['info', 'warn', 'error', 'critical']);
    const debug = read(edit(template, 'minlevel="off"', 'minlevel="debug"'));
    assert.ok(debug.constraints.levels.has('debug') && !debug.constraints.levels.has('trace'));
  });

  it(`on ${platform} the guide's change of format shows the place that logged a message`, () => {
    const site = { file: '/opt/main.mjs', line: 7, functionName: 'Session.open' };
    const entry = { level: 'info', message: 'opened', time: 0, site } as const;
    const lineOf = (text: string) => read(text).routes[0]?.format.render(entry);
    const debug = edit(template, 'outputs formatid="fmtinfo"', 'outputs formatid="fmtdebug"');
    const date = String.raw`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
    assert.match(lineOf(template) ?? '', new RegExp(`${date} INFO opened\n$`));
    assert.match(lineOf(debug) ?? '', new RegExp(`${date} INFO \\[open @ main.mjs.7\\] opened\n$`));
  });

  it(`on ${platform} the logs can be stored elsewhere`, () => {
    const moved = template.replaceAll(directories[platform], '/home/ann/');
    const paths = read(moved).routes.map(({ receiver }) => 'path' in receiver && receiver.path);
    assert.deepEqual(paths, ['/home/ann/session-manager-plugin.log', '/home/ann/errors.log']);
  });
}
