import type { StartedSession } from './target.ts';

/** Ends a session as its owner does from elsewhere: by TerminateSession of the API. */
export async function terminateSession({ aws, session }: StartedSession): Promise<void> {
  const response = await fetch(aws.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonSSM.TerminateSession',
    },
    body: JSON.stringify({ SessionId: session.sessionId }),
  });
  if (!response.ok) throw new Error(`TerminateSession answered ${response.status}`);
  await response.body?.cancel();
}
