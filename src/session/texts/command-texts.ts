import { failureLine, listeningOn, type SessionTexts } from './caller-texts.ts';

/** What the service writes about a session without input (aws/amazon-ssm-agent issue 261). */
const IDLE = /inactivity|idle/i;
const RUN_AGAIN = 'Run the command again for a new session.';

/**
 * Texts of a command, for people: they name the target. First what has happened, then
 * what to do.
 *
 * @param target - as people know it, such as `web (i-0123456789abcdef0)`
 * @param fit - breaks the lines of a text for where it is shown
 */
export function commandTexts(target: string, fit: (text: string) => string): SessionTexts {
  return {
    starting: () => fit(`Starting a session with ${target}…\n`),
    portOpened: (on) => fit(`${listeningOn(on)} opened for ${target}. Waiting for connections…\n`),
    connectionAccepted: () => fit(`First local connection for ${target} accepted.\n`),
    interrupted: (reason) => fit(`Session with ${target} ends: ${reason}.\n`),
    exiting: () => fit(`Session with ${target} ended.\n`),
    closedWithOutput(_, output) {
      const advice = IDLE.test(output)
        ? `${RUN_AGAIN} The session preferences of the account set the idle timeout.`
        : RUN_AGAIN;
      return fit(`The service ended the session with ${target}: ${output}\n${advice}\n`);
    },
    refusedWithOutput: (_, output) =>
      fit(`The service refused the session with ${target}: ${output}\n`),
    cannotStart: (failure) => fit(failureLine(failure)),
    failure: (failure) => fit(failureLine(failure)),
    timedOut: () =>
      fit(
        `The session with ${target} ended while the connection was lost: it was idle for too long, or was terminated.\n${RUN_AGAIN}\n`,
      ),
    lost: (_, { problem, remedy }) =>
      fit(
        `The connection to ${target} is lost and could not be resumed.\nReason: ${problem}\n${remedy === '' ? RUN_AGAIN : remedy}\n`,
      ),
    afterLoss: () => '',
  };
}
