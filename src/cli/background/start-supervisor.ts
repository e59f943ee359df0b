import { spawn } from 'node:child_process';
import { backgroundFailures } from '../../failures/background.ts';
import { asError } from '../../lib/errors/as-error.ts';
import { systemCode, systemText } from '../../lib/errors/system-error.ts';
import { withTimeout } from '../../lib/with-timeout.ts';
import { CommandError, isCommandError, type CommandContext } from '../framework/command-context.ts';
import { readLines } from '../remote/read-lines.ts';
import { readError } from './connection-status.ts';
import { decoded, oneOf, shape } from './decode.ts';
import { programCommand } from './program-command.ts';

/** The name of the command that is the supervisor. */
export const SUPERVISE = '__supervise';
/** A busy machine starts the program within a second or two. */
const SUPERVISOR_START_LIMIT_MS = 30_000;
const MAX_OUTCOME_BYTES = 16 * 1024;
/** Settings of the account, which only the processes of the connections get. */
const OF_CONNECTIONS = /^(?:AWS_|SSM_PLUGIN_|(?:https?|no|all)_proxy$)/i;

const readOutcome = shape({ outcome: oneOf(['ready', 'taken']) });
const readFailed = shape({ error: readError });

/**
 * Starts a supervisor that outlives this process and its terminal. When it resolves, there is one, which may be another
 * one that was started at the same moment.
 *
 * @throws CommandError with the reason when it cannot be started
 */
export async function startSupervisor({
  env,
  clock,
}: Pick<CommandContext, 'env' | 'clock'>): Promise<void> {
  const [file, ...args] = programCommand();
  const child = spawn(file, [...args, SUPERVISE], {
    // A process session of its own, without a terminal: nothing that happens to this one reaches it.
    detached: true,
    windowsHide: true,
    cwd: '/',
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !OF_CONNECTIONS.test(name))),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const outcome = new Promise<string>((resolve, reject) => {
    child.stdout.pipe(readLines(MAX_OUTCOME_BYTES, (line) => resolve(line.toString())));
    child.on('error', reject);
    child.on('close', (status) =>
      reject(new Error(`it exited with status ${status ?? 'unknown'}`)),
    );
  });
  try {
    const line = await withTimeout(clock, SUPERVISOR_START_LIMIT_MS, outcome, () => {
      child.kill('SIGKILL');
      throw new Error(`it did not start within ${SUPERVISOR_START_LIMIT_MS / 1000} s`);
    });
    const failed = decoded(line, readFailed)?.error;
    if (failed !== undefined) {
      const { code, message } = failed;
      throw new CommandError({ reason: 'input', code, problem: message, remedy: '' });
    }
    if (decoded(line, readOutcome) === undefined) throw new Error('its answer is not valid');
  } catch (thrown) {
    if (isCommandError(thrown)) throw thrown;
    const error = asError(thrown);
    const why = systemCode(error) === '' ? error.message : systemText(error);
    throw new CommandError(backgroundFailures['supervisor-not-started'](why));
  } finally {
    child.stdout.destroy();
    child.unref();
  }
}
