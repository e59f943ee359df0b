// Started by paced.ts: the program in one session. The first argument decides whether frames of bulk data are
// gathered; the built program has no such choice.

import { parseInvocation } from '../../src/cli/invocation/caller-contract.ts';
import { CALLER_OPTIONS } from '../../src/cli/run/run-options.ts';
import { startSession } from '../../src/cli/run/run-started-session.ts';

const VERSION = '99.0.0.0';

const [choice, ...args] = process.argv.slice(2);
const gathering = choice === 'at-once' ? 'at-once' : 'gathered';
const invocation = parseInvocation(
  args,
  () => undefined,
  [],
  () => false,
);
if (invocation.kind !== 'start-session') throw new Error(`arguments of ${invocation.kind}`);
process.exit(await startSession(invocation.session, VERSION, { ...CALLER_OPTIONS, gathering }));
