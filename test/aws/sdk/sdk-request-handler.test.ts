import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { HttpRequest } from '@smithy/protocol-http';
import {
  createSdkRequestHandler,
  REQUEST_TIMEOUT_MS,
} from '../../../src/aws/sdk/sdk-request-handler.ts';
import { serve } from '../../network/local-server.ts';
import { networkFor } from '../../network/test-network.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

interface Exchange {
  readonly clock: VirtualClock;
  /** What the AWS SDK reads, as it gets it from the handler. */
  readonly body: IncomingMessage;
  /** The side of the server. */
  readonly answer: ServerResponse;
}

/** A request whose answer has begun with one byte. */
async function beginAnswer(t: TestContext): Promise<Exchange> {
  const answers: ServerResponse[] = [];
  const port = await serve(t, (_request, response) => {
    answers.push(response);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).write('{');
  });
  const clock = createVirtualClock();
  const handler = createSdkRequestHandler(networkFor(t, {}), clock);
  const { response } = await handler.handle(
    new HttpRequest({ protocol: 'http:', hostname: '127.0.0.1', port, method: 'POST', path: '/' }),
  );
  const body = response.body as IncomingMessage;
  const [answer] = answers;
  assert.ok(answer !== undefined);
  await nextByte(body);
  return { clock, body, answer };
}

async function nextByte(body: IncomingMessage): Promise<void> {
  const [chunk] = (await once(body, 'data')) as [Buffer];
  assert.equal(chunk.length, 1);
}

describe('an answer of AWS', () => {
  it('ends after its time limit, however often a byte of it arrives', async (t) => {
    const { clock, body, answer } = await beginAnswer(t);
    for (let passed = 1000; passed < REQUEST_TIMEOUT_MS; passed += 1000) {
      clock.advance(1000);
      answer.write(' ');
      await nextByte(body);
    }
    const closed = once(answer, 'close');
    const failed = once(body, 'error');
    clock.advance(1000);
    const [error] = (await failed) as [Error];
    // So the SDK tries again, and the user reads that AWS did not answer in time.
    assert.equal(error.name, 'TimeoutError');
    await closed;
    assert.equal(clock.pending, 0);
  });

  it('has no time limit after its end', async (t) => {
    const { clock, body, answer } = await beginAnswer(t);
    answer.end('}');
    const closed = once(body, 'close');
    await nextByte(body);
    await closed;
    assert.equal(clock.pending, 0);
  });
});

describe('a request to AWS', () => {
  it('that fails before its answer leaves no timer', async (t) => {
    const port = await serve(t, (request) => request.socket.destroy());
    const clock = createVirtualClock();
    const handler = createSdkRequestHandler(networkFor(t, {}), clock);
    await assert.rejects(
      handler.handle(new HttpRequest({ protocol: 'http:', hostname: '127.0.0.1', port })),
      { code: 'ECONNRESET' },
    );
    assert.equal(clock.pending, 0);
  });
});
