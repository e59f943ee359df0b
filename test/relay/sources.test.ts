import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { PERL_SOURCE, PYTHON_SOURCE } from '../../src/relay/sources.ts';
import { RELAY_SOURCE_BYTES, stripSource } from '../../src/relay/strip-source.ts';
import { spawnSync } from '../support/child-process.ts';
import { needs } from '../support/require-tools.ts';
import { PERL, PYTHON3 } from './support/relay-process.ts';

const inTree = (name: string): string =>
  readFileSync(new URL(`../../src/relay/${name}`, import.meta.url), 'utf8');

/** What the relay may load of perl-base: `dpkg -L perl-base` of Debian 12; names of files beneath @INC. */
const PERL_BASE = new Set(
  [
    'AutoLoader Carp Config DynaLoader Errno Exporter Exporter/Heavy Fcntl POSIX Scalar/Util Socket',
    'Tie/Hash XSLoader constant overloading re strict vars warnings warnings/register',
  ]
    .join(' ')
    .split(' ')
    .map((name) => `${name}.pm`),
);

/** The program of both sources without positions, and in the syntax of Python 3.6; strings that span lines. */
const COMPARE = `
import ast, io, json, sys, tokenize
trees = [ast.dump(ast.parse(text, feature_version=(3, 6))) for text in json.load(sys.stdin)]
print(trees[0] == trees[1], len(trees[0]) > 10000)
`;

describe('the sources of the relay', () => {
  it('are small, as they are sent', () => {
    for (const source of [PERL_SOURCE, PYTHON_SOURCE]) {
      assert.ok(Buffer.byteLength(source) <= RELAY_SOURCE_BYTES);
      assert.ok(source.length > RELAY_SOURCE_BYTES / 2);
    }
    assert.throws(() => stripSource('x'.repeat(RELAY_SOURCE_BYTES + 1), 'perl'), RangeError);
  });

  it('need no quoting within quotes of a shell', () => {
    assert.ok(!PERL_SOURCE.includes("'"));
    assert.ok(!PYTHON_SOURCE.includes("'"));
  });

  it('lose comments, empty lines and indentation, and nothing else', () => {
    const source = '# A\n\nif x {\n    # b\n    y("#c") # d\n      z\n}\n';
    assert.equal(stripSource(source, 'perl'), 'if x {\ny("#c") # d\nz\n}');
    assert.equal(stripSource(source, 'python'), 'if x {\n y("#c") # d\n z\n}');
  });

  it('have no string that spans lines in Perl, where a line is stripped by itself', () => {
    for (const line of PERL_SOURCE.split('\n')) {
      assert.equal(line.split('"').length % 2, 1, line);
      assert.doesNotMatch(line, /<<["'~\w]|\bq[qwxr]?[^\w\s(]|^=/);
    }
  });

  it('are the same program in Python, of the syntax of 3.6', needs(PYTHON3), () => {
    const input = JSON.stringify([inTree('relay.py'), PYTHON_SOURCE]);
    const { stdout, stderr } = spawnSync('python3', ['-c', COMPARE], { input, encoding: 'utf8' });
    assert.equal(stdout, 'True True\n', stderr);
  });

  it('need no module of Perl beyond perl-base', needs(PERL), () => {
    const loaded = `${PERL_SOURCE.replace(/^\$SIG[^]*/m, '')}print join " ", sort keys %INC;`;
    const { stdout, stderr } = spawnSync('perl', ['-e', loaded], { encoding: 'utf8' });
    const modules = stdout.split(' ');
    assert.ok(modules.includes('Socket.pm'), stderr);
    assert.deepEqual(
      modules.filter((name) => !PERL_BASE.has(name)),
      [],
    );
  });
});
