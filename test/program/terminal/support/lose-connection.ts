import { EXPIRED_TOKEN } from '../../../local-aws/local-aws.ts';
import type { StartedSession } from '../../support/target.ts';

/** Loses the connection for good: it is cut, not resumed, and the old token is of no use, either. */
export function loseConnection({ session }: Pick<StartedSession, 'session'>): void {
  session.answerResume(EXPIRED_TOKEN);
  session.setGateway('unavailable');
  session.cutClient();
}
