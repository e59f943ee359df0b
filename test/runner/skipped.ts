import { missingToolsIn } from '../../build/tool.ts';

/** A test or a whole suite that was skipped. */
export interface Skipped {
  readonly kind: 'test' | 'suite';
  /** As the test gave it. */
  readonly reason: string;
}

/** What tests lack, and how many of them. */
interface Gap {
  readonly text: string;
  readonly debianPackage: string | undefined;
  tests: number;
  suites: number;
}

/** Parts of a reason, when a test lacks several things. */
const SEPARATOR = '; ';
const REASON_COLUMN = 24;

/**
 * What was skipped, grouped by what it lacks, with the command that installs it.
 *
 * @param isRoot - whether the command can be run as it is
 * @returns lines, each with a line break; none when nothing was skipped
 */
export function describeSkipped(skipped: readonly Skipped[], isRoot: boolean): string {
  if (skipped.length === 0) return '';
  const gaps = [...groupByGap(skipped).values()].sort(byNumber);
  const lines = gaps.map((gap) => `  ${count(gap).padEnd(REASON_COLUMN)} ${gap.text}\n`);
  return `\nSkipped, and why:\n${lines.join('')}${advice(gaps, isRoot)}\n`;
}

function groupByGap(skipped: readonly Skipped[]): ReadonlyMap<string, Gap> {
  const gaps = new Map<string, Gap>();
  for (const { kind, reason } of skipped) {
    for (const { text, debianPackage } of gapsIn(reason)) {
      const gap = gaps.get(text) ?? { text, debianPackage, tests: 0, suites: 0 };
      if (kind === 'test') gap.tests++;
      else gap.suites++;
      gaps.set(text, gap);
    }
  }
  return gaps;
}

function gapsIn(reason: string): readonly Pick<Gap, 'text' | 'debianPackage'>[] {
  return reason.split(SEPARATOR).flatMap((part): readonly Pick<Gap, 'text' | 'debianPackage'>[] => {
    const tools = missingToolsIn(part);
    if (tools.length === 0) return [{ text: part, debianPackage: undefined }];
    return tools.map(({ program, debianPackage }) => ({
      text: `${program} (package ${debianPackage})`,
      debianPackage,
    }));
  });
}

function byNumber(one: Gap, other: Gap): number {
  return other.tests + other.suites - (one.tests + one.suites) || (one.text < other.text ? -1 : 1);
}

function count({ tests, suites }: Gap): string {
  const parts = [
    ...(tests === 0 ? [] : [plural(tests, 'test')]),
    ...(suites === 0 ? [] : [plural(suites, 'suite')]),
  ];
  return parts.join(', ');
}

function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function advice(gaps: readonly Gap[], isRoot: boolean): string {
  const packages = new Set(gaps.flatMap(({ debianPackage }) => debianPackage ?? []));
  if (packages.size === 0) return '';
  const install = `${isRoot ? '' : 'sudo '}apt-get install --no-install-recommends`;
  return `\nOn Debian and Ubuntu, this installs what is missing:\n  ${install} ${[...packages].sort().join(' ')}\n`;
}
