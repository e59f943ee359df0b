import { postToSsm } from '../../local-aws/tests/support/post-to-ssm.ts';
import type { StartedSession } from './target.ts';

/** Ends a session as its owner does from elsewhere: by TerminateSession of the API. */
export async function terminateSession({ aws, session }: StartedSession): Promise<void> {
  const { sessionId } = session;
  const response = await postToSsm(aws, 'TerminateSession', { SessionId: sessionId });
  if (!response.ok) throw new Error(`TerminateSession answered ${response.status}`);
  await response.body?.cancel();
}
