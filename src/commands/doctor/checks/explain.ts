import { failureOf } from '../../../lib/errors/program-error.ts';
import type { Finding } from './finding.ts';

/** What an error reports, and what to do about it: the lines of a report have no full stop. */
export function explain(error: unknown): Pick<Finding, 'text' | 'next'> {
  const { problem, remedy } = failureOf(error);
  const next = remedy === '' ? undefined : withoutStop(remedy);
  return { text: withoutStop(problem), next };
}

function withoutStop(text: string): string {
  return text.replace(/\.$/, '');
}
