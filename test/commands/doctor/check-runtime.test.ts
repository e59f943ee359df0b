import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkRuntimeEnd } from '../../../src/commands/doctor/checks/check-runtime.ts';

const FACTS = {
  install: 'rpm',
  target: 'linux-x64',
  commit: undefined,
  runtimeEnds: { '22': '2027-04-30' },
};

function findingsOn(moment: string, install = 'rpm'): ReturnType<typeof checkRuntimeEnd> {
  return checkRuntimeEnd('22.23.5', { ...FACTS, install }, Date.parse(moment));
}

describe('the end of Node.js', () => {
  it('is no finding while it is more than 90 days away, or not known', () => {
    assert.deepEqual(findingsOn('2027-01-30T00:00:00Z'), []);
    assert.deepEqual(checkRuntimeEnd('26.1.0', FACTS, Date.parse('2030-01-01')), []);
    assert.deepEqual(checkRuntimeEnd('22.1.0', undefined, Date.parse('2030-01-01')), []);
    const damaged = { ...FACTS, runtimeEnds: { '22': 'soon' } };
    assert.deepEqual(checkRuntimeEnd('22.1.0', damaged, Date.parse('2030-01-01')), []);
  });

  it('is a warning within 90 days', () => {
    assert.deepEqual(findingsOn('2027-01-31T00:00:00Z'), [
      {
        check: 'runtime',
        verdict: 'warning',
        text: 'Node.js 22.23.5 gets no security fixes after 2027-04-30',
        next: 'Install the newest version of this program, which contains a newer Node.js',
      },
    ]);
  });

  it('is a warning after it', () => {
    const texts = (moment: string): readonly string[] => findingsOn(moment).map(({ text }) => text);
    assert.match(texts('2027-04-30T23:59:00Z').join(), /gets no security fixes after 2027-04-30/);
    assert.match(
      texts('2027-05-01T00:00:00Z').join(),
      /has had no security fixes since 2027-04-30/,
    );
  });

  it('needs another Node.js where the user has chosen it', () => {
    for (const install of ['npm', 'source']) {
      const [finding] = findingsOn('2027-05-01T00:00:00Z', install);
      assert.equal(finding?.next, 'Install a newer Node.js');
    }
  });
});
