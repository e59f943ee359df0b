import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { readAuthority, readDestination } from '../../../src/commands/proxy/rules/destination.ts';
import { pacFile } from '../../../src/commands/proxy/rules/pac.ts';
import {
  decide,
  parsePattern,
  type Pattern,
  type Rules,
} from '../../../src/commands/proxy/rules/rules.ts';

const patterns = (texts: readonly string[]): readonly Pattern[] =>
  texts.reduce<readonly Pattern[]>((before, text) => parsePattern(text, before), []);

const rules = (allow: readonly string[], deny: readonly string[] = []): Rules => ({
  allow: patterns(allow),
  deny: patterns(deny),
});

function decisionFor(host: string, port: number, some: Rules): string {
  const destination = readDestination(host, port);
  return destination === undefined ? 'invalid' : decide(some, destination);
}

describe('destinations of the proxy', () => {
  it('have one form each, whatever form the client has chosen', () => {
    const forms = [
      ['DB.Internal', 'db.internal'],
      ['10.0.0.5', '10.0.0.5'],
      ['FD00:0::0005', 'fd00::5'],
      ['::ffff:169.254.169.254', '169.254.169.254'],
      ['::ffff:a9fe:a9fe', '169.254.169.254'],
      ['_srv.db-1.internal.', '_srv.db-1.internal.'],
    ] as const;
    for (const [text, host] of forms)
      assert.deepEqual(readDestination(text, 80), { host, port: 80 });
  });

  it('are no addresses in a form that only some resolvers understand, and no other texts', () => {
    const invalid = [
      ...['', '.', 'a..b', '127.1', '2130706433', '0x7f.1', '10.0.0.256', 'a.0x7f', '1.2.3.4.'],
      ...['a b', 'a\0b', 'a/b', 'a@b', 'a:80', '[::1]', 'fe80::1%eth0', 'ü.de', 'x'.repeat(64)],
      ...[`${'x.'.repeat(126)}xx`, "a'b", 'a,b', '$(id)'],
    ];
    for (const text of invalid) assert.equal(readDestination(text, 80), undefined, text);
    for (const port of [0, -1, 65_536, 1.5, NaN])
      assert.equal(readDestination('db', port), undefined);
  });

  it('are read from CONNECT with their ports', () => {
    assert.deepEqual(readAuthority('db.internal:5432'), { host: 'db.internal', port: 5432 });
    assert.deepEqual(readAuthority('[fd00::5]:443'), { host: 'fd00::5', port: 443 });
    for (const text of ['db', 'db:', ':80', 'a:b:80', '[db]:80', '[]:80', 'db:99999', '/', '*']) {
      assert.equal(readAuthority(text), undefined, text);
    }
  });
});

describe('rules of the proxy', () => {
  it('allow everything but the target itself by default', () => {
    const none = rules([]);
    assert.equal(decisionFor('db.internal', 80, none), 'allowed');
    for (const host of [
      'localhost',
      'LOCALHOST.',
      'a.localhost',
      '127.0.0.1',
      '127.9.9.9',
      '0.0.0.0',
      '::1',
      '::',
      '::ffff:127.0.0.1',
      'localhost.localdomain',
      'ip6-localhost',
    ]) {
      assert.equal(decisionFor(host, 80, none), 'target-itself', host);
    }
    assert.equal(decisionFor('localhost', 80, rules(['*'])), 'allowed');
  });

  it('allow and deny hosts and ports by patterns, and deny comes first', () => {
    const some = rules(['*.internal', '10.0.*:443', '[fd00::5]:8000-8005'], ['*secret*', '*:22']);
    const decisions = [
      ['db.internal', 80, 'allowed'],
      ['db.internal.', 80, 'allowed'],
      ['internal', 80, 'denied'],
      ['db.internal.attacker.example', 80, 'denied'],
      ['db.internal', 22, 'denied'],
      ['my-secret.internal', 80, 'denied'],
      ['10.0.1.2', 443, 'allowed'],
      ['10.0.1.2', 80, 'denied'],
      ['10.1.1.2', 443, 'denied'],
      ['fd00::5', 8003, 'allowed'],
      ['fd00::5', 8006, 'denied'],
    ] as const;
    for (const [host, port, decision] of decisions) {
      assert.equal(decisionFor(host, port, some), decision, `${host}:${port}`);
    }
  });

  it('take an IPv4 address with stars as one, not as the start of a name', () => {
    const some = rules(['10.0.*', '*.5', '1*:443']);
    for (const host of ['10.0.1.2', '192.168.1.5']) {
      assert.equal(decisionFor(host, 443, some), 'allowed', host);
    }
    for (const host of ['10.0.attacker.example', '10.0.0.5.attacker.example', '1and1.example']) {
      assert.equal(decisionFor(host, 443, some), 'denied', host);
    }
    assert.equal(decisionFor('10.0.attacker.example', 443, rules(['*'])), 'allowed');
  });

  it('compare addresses in one form', () => {
    const some = rules([], ['[fd00:0::0005]', '[::ffff:10.0.0.5]', '[FD00::6]']);
    for (const host of ['fd00::5', 'fd00::0:5', '10.0.0.5', '::ffff:10.0.0.5', 'fd00::6']) {
      assert.equal(decisionFor(host, 80, some), 'denied', host);
    }
  });

  it('deny the metadata of the target where a relay would reach it, unless a pattern names it', () => {
    const metadata = [
      ...['169.254.169.254', '169.254.170.2', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe'],
      ...[
        'fe80::1',
        'fd00:ec2::254',
        'FD00:EC2:0::23',
        'instance-data',
        'instance-data.ec2.internal.',
      ],
    ];
    for (const host of metadata) {
      for (const allow of [[], ['*'], ['169.*', 'fd*', 'fe*', 'instance-*']]) {
        const refusing = { ...rules(allow), refusesMetadata: true };
        assert.equal(decisionFor(host, 80, refusing), 'denied', host);
      }
    }
    const named = {
      ...rules(['169.254.169.254:80', '[fd00:ec2::254]', 'instance-data']),
      refusesMetadata: true,
    };
    for (const host of ['169.254.169.254', '::ffff:a9fe:a9fe', 'fd00:ec2::254', 'instance-data']) {
      assert.equal(decisionFor(host, 80, named), 'allowed', host);
    }
    assert.equal(decisionFor('169.254.169.254', 8080, named), 'denied');
    assert.equal(
      decisionFor('10.254.169.254', 80, { ...rules([]), refusesMetadata: true }),
      'allowed',
    );
    assert.equal(decisionFor('169.254.169.254', 80, rules([])), 'allowed');
  });

  it('match many stars in no time', () => {
    const stars = rules([`${'*a'.repeat(100)}*b`]);
    assert.equal(
      decisionFor(`${'a'.repeat(63)}.${'a'.repeat(63)}.${'a'.repeat(63)}`, 80, stars),
      'denied',
    );
    assert.equal(decisionFor('ab', 80, rules(['a*ab'])), 'denied');
  });

  it('refuse what is no pattern', () => {
    const texts = ['', ':80', 'a:0', 'a:9-8', 'a:70000', 'a b', 'fd00::5', 'http://a', '"'];
    // They would match no destination.
    const never = ['127.1', '10.0.0.05', '10.00.*', '10.256.*', '2130706433', '0x7f.1', 'a..b'];
    for (const text of [...texts, ...never, '[fd00::*]', '[10.0.0.5]', '[fd00]', '[fe80::1%1]']) {
      assert.throws(() => parsePattern(text, undefined), /Pass HOST/, text);
    }
  });

  it('are written as a file for browsers', () => {
    const proxyFor = (some: Rules, host: string): unknown =>
      runInNewContext(
        `${pacFile(some, '127.0.0.1:1080')} FindProxyForURL('', ${JSON.stringify(host)})`,
        {
          shExpMatch: (text: string, pattern: string) =>
            new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(text),
        },
      );
    const some = rules(['*.internal'], ['secret.*', 'db.*:22']);
    assert.equal(proxyFor(some, 'DB.internal'), 'PROXY 127.0.0.1:1080');
    assert.equal(proxyFor(some, 'secret.internal'), 'DIRECT');
    assert.equal(proxyFor(some, 'example.com'), 'DIRECT');
    assert.equal(proxyFor(rules([]), 'example.com'), 'PROXY 127.0.0.1:1080');
    assert.equal(proxyFor(rules([]), 'localhost'), 'DIRECT');
    assert.equal(proxyFor(rules([]), 'ip6-localhost'), 'DIRECT');
    assert.equal(proxyFor(rules([]), '127.0.0.1'), 'DIRECT');
    const addresses = rules(['10.0.*', '[fd00:0::5]']);
    assert.equal(proxyFor(addresses, '10.0.1.2'), 'PROXY 127.0.0.1:1080');
    assert.equal(proxyFor(addresses, '[fd00::5]'), 'PROXY 127.0.0.1:1080');
    assert.equal(proxyFor(addresses, '10.0.attacker.example'), 'DIRECT');
  });
});
