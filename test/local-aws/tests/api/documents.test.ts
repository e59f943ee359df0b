import assert from 'node:assert/strict';
import { it } from 'node:test';
import { documentContent, sessionPreferences, startLocalAws } from '../../local-aws.ts';
import { postToSsm } from '../support/post-to-ssm.ts';

it('a session takes only the parameters of its document', async (t) => {
  const documents = { 'AWS-StartNonInteractiveCommand': documentContent(['command']) };
  const aws = await startLocalAws({ documents });
  t.after(() => aws.close());
  const start = async (Parameters: object): Promise<Record<string, unknown>> => {
    const response = await postToSsm(aws, 'StartSession', {
      Target: 'i-0123456789abcdef0',
      DocumentName: 'AWS-StartNonInteractiveCommand',
      Parameters,
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const refused = await start({ command: ['id'], separateOutputStream: ['true'] });
  assert.equal(refused['__type'], 'InvalidParameters');
  assert.ok('SessionId' in (await start({ command: ['true'] })));
});

it('the preferences are a document, once they are set', async (t) => {
  const inputs = { s3BucketName: 'logs', cloudWatchLogGroupName: 'sessions' };
  const preferences = { 'SSM-SessionManagerRunShell': sessionPreferences(inputs) };
  for (const documents of [{}, preferences]) {
    const aws = await startLocalAws({ documents });
    t.after(() => aws.close());
    const response = await postToSsm(aws, 'GetDocument', { Name: 'SSM-SessionManagerRunShell' });
    const answer = (await response.json()) as Record<string, unknown>;
    if (documents === preferences) {
      const content = JSON.parse(String(answer['Content'])) as typeof preferences;
      assert.deepEqual(content, preferences['SSM-SessionManagerRunShell']);
    } else {
      assert.equal(answer['__type'], 'InvalidDocument');
    }
  }
});
