import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConnections } from '../../../src/cli/connections/parse-connections.ts';
import { messageOf } from '../../../src/lib/errors/failure.ts';
import { printableLines } from '../../../src/lib/printable.ts';

const USER = { path: '/home/me/c.toml', scope: 'user', userFile: '/home/me/c.toml' } as const;
const PROJECT = { ...USER, path: '/work/.ssm.toml', scope: 'project' } as const;

/** The messages about a file. */
function faultsOf(text: string, origin: typeof USER | typeof PROJECT = USER): readonly string[] {
  return parseConnections(text, origin).faults.map(messageOf);
}

describe('a connections file', () => {
  it('defines targets with their account and their ports', () => {
    const text = [
      '# mine',
      '[db]',
      'target  = "bastion"',
      'profile = "prod"',
      'region  = "eu-central-1"',
      'forward = ["5432:orders.internal:5432", "6379:cache.internal:6379"]',
      'on-demand = true',
      'idle = "10m"',
      'fast = true',
      '[web]',
      'target = "i-0123456789abcdef0"',
    ].join('\n');
    const { connections, faults } = parseConnections(text, USER);
    assert.deepEqual(faults, []);
    const none = { profile: '', region: '', forward: [], onDemand: false, idle: '', fast: '' };
    assert.deepEqual(connections, [
      {
        ...{ name: 'db', path: USER.path, line: 2, forwardLine: 6 },
        ...{
          target: 'bastion',
          profile: 'prod',
          region: 'eu-central-1',
          onDemand: true,
          idle: '10m',
          fast: 'always',
        },
        forward: ['5432:orders.internal:5432', '6379:cache.internal:6379'],
      },
      {
        ...{ name: 'web', path: USER.path, line: 10, forwardLine: 10 },
        ...{ target: 'i-0123456789abcdef0', ...none },
      },
    ]);
  });

  it('may be empty, begin with a byte order mark, and have line breaks of Windows', () => {
    assert.deepEqual(parseConnections('', USER), { connections: [], faults: [] });
    const { connections } = parseConnections('\ufeff[db]\r\ntarget = "web"\r\n', USER);
    assert.deepEqual(
      connections.map(({ name, target }) => [name, target]),
      [['db', 'web']],
    );
  });

  it('is reported with all that is wrong in it, by line and key, and defines nothing then', () => {
    const text = [
      'target = "web"',
      '[db]',
      'forwad = ["5432"]',
      'target = 1',
      'region = "Frankfurt am Main"',
      'forward = "5432"',
      'on-demand = "yes"',
      'idle = "10 minutes"',
      '[a.b]',
      'user = "me"',
      '[i-0123456789abcdef0]',
      'target = ""',
    ].join('\n');
    assert.deepEqual(faultsOf(text), [
      '/home/me/c.toml, line 1: "target" is not a connection. Begin a connection with its name in brackets, such as [db], and write its keys below.',
      '/home/me/c.toml, line 3: "forwad" of "db" is not a key of a connection.\nDid you mean "forward"?',
      '/home/me/c.toml, line 4: "target" of "db" is not a text of one line. Write it as in: target = "bastion".',
      '/home/me/c.toml, line 5: "region" of "db" is not the name of an AWS region. Write it as in: region = "eu-central-1".',
      '/home/me/c.toml, line 6: "forward" of "db" is not a list of texts. Write it as in: forward = ["5432:orders.internal:5432"].',
      '/home/me/c.toml, line 7: "on-demand" of "db" is not true or false. Write it as in: on-demand = true.',
      '/home/me/c.toml, line 8: "idle" of "db" is not a time from 1s to 24h. Write it as in: idle = "10m".',
      '/home/me/c.toml, line 9: "b" of "a" is not a key of a connection. The keys are target, profile, region, forward, on-demand, idle, fast.',
      '/home/me/c.toml, line 9: The connection "a" has no target. Add it below: target = "bastion".',
      '/home/me/c.toml, line 11: "i-0123456789abcdef0" cannot name a connection. A name begins with a letter, has letters, digits, - and _ only, at most 64 of them, and is not the id of a node.',
      '/home/me/c.toml, line 12: "target" of "i-0123456789abcdef0" is not a text of one line. Write it as in: target = "bastion".',
    ]);
  });

  it('is reported with the line that is no TOML', () => {
    const [text = '', ...rest] = faultsOf('[db]\ntarget = bastion\n');
    assert.deepEqual(rest, []);
    assert.match(text, /^\/home\/me\/c\.toml, line 2: .*https:\/\/toml\.io/);
    assert.match(faultsOf('[db]\ntarget = "a"\n[db]\n')[0] ?? '', /, line 3: .*already defined/);
  });

  it('cannot write to the terminal by its names, keys and values', () => {
    const [name = '', ...others] = faultsOf(
      '["\\u001b[31mred"]\ntarget = "a\\u0007"\n"\\u009b" = 1',
    );
    assert.equal(others.length, 2);
    assert.match(name, /line 1: "\[31mred" cannot name/);
    for (const text of [name, ...others]) assert.equal(printableLines(text), text);
  });

  it('with __proto__ defines it like any name, and nothing else', () => {
    const { connections, faults } = parseConnections('[__proto__]\ntarget = "a"\n', USER);
    assert.equal(connections.length, 0);
    assert.equal(faults.length, 1);
    assert.equal(Reflect.get({}, 'target'), undefined);
  });
});

describe('the file of a directory', () => {
  it('may set target, profile, region and ports', () => {
    const text = '[db]\ntarget="a"\nprofile="b"\nregion="c"\nforward=["80"]\n';
    assert.deepEqual(faultsOf(text, PROJECT), []);
  });

  it('may not name Unix sockets and ports of the target', () => {
    const text = '[db]\ntarget="a"\nforward=["53/udp", "8080:/run/app.sock", "-R 9000:3000"]\n';
    assert.deepEqual(faultsOf(text), []);
    assert.deepEqual(faultsOf(text, PROJECT), [
      '/work/.ssm.toml, line 3: "forward" of "db" contains "8080:/run/app.sock", which is not allowed in the file of a directory. Write the connection to /home/me/c.toml.',
      '/work/.ssm.toml, line 3: "forward" of "db" contains "-R 9000:3000", which is not allowed in the file of a directory. Write the connection to /home/me/c.toml.',
    ]);
  });

  it('may set nothing else', () => {
    for (const [line, key] of [
      ['on-demand=true', 'on-demand'],
      ['fast=true', 'fast'],
    ] as const) {
      assert.deepEqual(faultsOf(`[db]\ntarget="a"\n${line}\n`, PROJECT), [
        `/work/.ssm.toml, line 3: "${key}" of "db" is not allowed in the file of a directory. Remove it, or write the connection to /home/me/c.toml.`,
      ]);
    }
  });
});
