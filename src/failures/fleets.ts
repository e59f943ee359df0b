import { defineFailures } from '../lib/errors/failure.ts';
import { LIST_TARGETS } from './remedies.ts';

/** Failures of a command on many machines before it runs. */
export const fleetFailures = defineFailures({
  'fleet-empty': {
    reason: 'input',
    text: (region: string) => [
      `No managed node in ${region} matches`,
      `Check --tag, --filter, --region and --profile. ${LIST_TARGETS}`,
    ],
  },
  'fleet-offline': {
    reason: 'input',
    text: (titles: readonly string[]) => [
      `The command was not run: the SSM Agent is offline on ${someOf(titles)}`,
      `Start the machine if it is stopped, or leave it out. ${LIST_TARGETS}`,
    ],
  },
  'fleet-declined': {
    reason: 'input',
    text: () => ['The command was not run', 'To run it, answer the question with y, or add --yes'],
  },
});

/** Names in a sentence; the others are counted. */
const MAX_NAMES = 10;

/** The first names of a list, and how many more it has: `web-1, web-2 and 35 more`. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES);
  const more = names.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}
