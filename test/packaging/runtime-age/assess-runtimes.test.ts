import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assessRuntimes } from '../../../packaging/runtime-age/assess-runtimes.ts';
import { releaseNotes } from '../../../packaging/runtime-age/release-notes.ts';

const KNOWN = {
  checked: '2026-11-29',
  ends: { '22': '2027-04-30', '26': '2029-04-30' },
  securityReleases: { '22.23.5': '2026-11-29', '26.12.1': '2026-11-29' },
};
const CURRENT = { target: 'linux-x64', version: '26.12.1', published: '2026-10-22' } as const;

function warningsOn(
  today: string,
  shipped: Parameters<typeof assessRuntimes>[0] = [CURRENT],
  known = KNOWN,
): readonly string[] {
  return assessRuntimes(shipped, known, today).warnings;
}

describe('the age of the shipped runtimes', () => {
  it('is no reason for a warning while they are new, complete, and of a supported line', () => {
    assert.deepEqual(assessRuntimes([CURRENT], KNOWN, '2026-11-29'), { warnings: [], missed: [] });
  });

  it('is one after 60 days', () => {
    const known = { ...KNOWN, checked: '2026-12-21' };
    assert.deepEqual(warningsOn('2026-12-21', [CURRENT], known), []);
    assert.deepEqual(warningsOn('2026-12-22', [CURRENT], known), [
      'linux-x64 contains Node.js 26.12.1 of 2026-10-22, which is 61 days old',
    ]);
  });

  it("is not known of Debian's, which gets fixes under its number", () => {
    const debian = { target: 'linux-x86', version: '26.12.1', published: undefined } as const;
    assert.deepEqual(warningsOn('2026-11-29', [debian]), []);
  });

  it('is one if the line ends within 90 days, or has ended, once for all targets', () => {
    const shipped = (['linux-x64', 'linux-arm64'] as const).map((target) => ({
      ...{ target, version: '22.23.5' },
    }));
    const at = (today: string): readonly string[] =>
      warningsOn(
        today,
        shipped.map((each) => ({ ...each, published: today })),
        { ...KNOWN, checked: today },
      );
    assert.deepEqual(at('2027-01-29'), []);
    assert.deepEqual(at('2027-01-30'), ['Node.js 22 ends on 2027-04-30, in 90 days']);
    assert.deepEqual(at('2027-04-30'), ['Node.js 22 ends on 2027-04-30, in 0 days']);
    assert.deepEqual(at('2027-05-01'), ['Node.js 22 ended on 2027-04-30']);
  });

  it('is one if the end of the line is not known', () => {
    const shipped = [{ ...CURRENT, version: '28.0.0' }];
    assert.match(
      warningsOn('2026-11-29', shipped).join('\n'),
      /^the end of Node\.js 28 is not known/,
    );
  });

  it('is one if a security release of the line is known and newer', () => {
    const shipped = [
      CURRENT,
      { target: 'macos-x64', version: '26.10.0', published: '2026-10-01' },
      { target: 'windows-x64', version: '22.23.4', published: '2026-11-01' },
    ] as const;
    const { warnings, missed } = assessRuntimes(shipped, KNOWN, '2026-11-29');
    assert.deepEqual(missed, [
      { target: 'macos-x64', version: '26.10.0', missed: '26.12.1' },
      { target: 'windows-x64', version: '22.23.4', missed: '22.23.5' },
    ]);
    assert.deepEqual(warnings, [
      'macos-x64 contains Node.js 26.10.0, without the security fixes of 26.12.1',
      'windows-x64 contains Node.js 22.23.4, without the security fixes of 22.23.5',
    ]);
  });

  it('cannot be judged by an old list of security releases', () => {
    const shipped = [{ ...CURRENT, published: '2026-12-30' }];
    assert.deepEqual(warningsOn('2026-12-29', shipped), []);
    assert.match(
      warningsOn('2026-12-30', shipped).join(),
      /list of security releases is 31 days old/,
    );
  });
});

describe('the release notes of a package', () => {
  const changelog = '# Changelog\n\nNumbers.\n\n## 1.3.0.0 (unreleased)\n\nText.\n\n## 1.2.0.0\n';

  it('are the changelog', () => {
    assert.equal(releaseNotes(changelog, undefined), changelog);
  });

  it('name the security release that the runtime lacks, below the newest version', () => {
    const missed = { target: 'macos-x64', version: '26.10.0', missed: '26.12.1' } as const;
    assert.equal(
      releaseNotes(changelog, missed),
      '# Changelog\n\nNumbers.\n\n## 1.3.0.0 (unreleased)\n\n' +
        'This package contains Node.js 26.10.0, without the fixes of the security release 26.12.1.\n\n' +
        'Text.\n\n## 1.2.0.0\n',
    );
  });
});
