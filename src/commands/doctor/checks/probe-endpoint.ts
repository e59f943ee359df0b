import { lookup } from 'node:dns/promises';
import { request as requestHttp, type ClientRequest } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Clock } from '../../../lib/clock.ts';
import type { Network } from '../../../network/network.ts';
import { createDeadline } from '../../../network/deadline.ts';
import { forwardedBy } from '../../../network/proxy/forwarded-request.ts';
import { isNetworkError, NetworkError } from '../../../network/network-error.ts';
import { bareHost } from '../../../network/loopback.ts';
import { connectionFailure } from '../../../failures/connection-failure.ts';
import { networkFailures } from '../../../failures/network.ts';
import { proxyFor } from '../../../network/proxy/proxy.ts';
import type { Environment } from '../../../aws/aws-options.ts';

/**
 * Time limit for everything up to the first line of an answer, in milliseconds: twice that of a connection.
 */
const ANSWER_LIMIT_MS = 20_000;

/**
 * A Date header has whole seconds (RFC 9110, section 5.6.7): on average the real time is half a second later.
 */
const HALF_SECOND_MS = 500;

/** How an endpoint answered. */
export interface Reached {
  /** The address of its name; undefined when a proxy resolves it. */
  readonly address: string | undefined;
  /** The proxy on the way, as users read it; undefined when there is none. */
  readonly proxy: string | undefined;
  /** From the start to the answer. */
  readonly durationMs: number;
  /** This machine's clock minus the endpoint's, in milliseconds; undefined when it sent no Date. */
  readonly skewMs: number | undefined;
}

/** What the way to an endpoint depends on. */
export interface ReachOptions {
  readonly network: Network;
  readonly env: Environment;
  readonly clock: Clock;
}

/**
 * Connects to an endpoint in the same steps as every call (name, TCP, proxy, verified TLS, HTTP). Any answer
 * is a success, because the request asks for nothing.
 *
 * @throws NetworkError that names the step that failed
 */
export async function reach(endpoint: string, options: ReachOptions): Promise<Reached> {
  const { clock, network, env } = options;
  const url = new URL(endpoint);
  const begun = clock.monotonic();
  const proxy = proxyFor(url, env);
  const deadline = createDeadline(clock, ANSWER_LIMIT_MS);
  try {
    const address = proxy === undefined ? await addressOf(url, deadline.signal) : undefined;
    const date = await answerDate(url, network, deadline.signal);
    return {
      address,
      proxy: proxy === undefined ? undefined : `${proxy.display} (${proxy.variable})`,
      durationMs: Math.round(clock.monotonic() - begun),
      skewMs:
        date === undefined || Number.isNaN(date)
          ? undefined
          : clock.now() - (date + HALF_SECOND_MS),
    };
  } catch (error) {
    if (isNetworkError(error)) throw error;
    throw deadline.signal.aborted
      ? new NetworkError(networkFailures['connection-timeout'](url.host, ANSWER_LIMIT_MS / 1000))
      : new NetworkError(connectionFailure(url.host, error), error);
  } finally {
    deadline.clear();
  }
}

/** The system resolves the name, and has no limit of its own. */
function addressOf(url: URL, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
    lookup(bareHost(url.hostname)).then(({ address }) => resolve(address), reject);
  });
}

/** @returns the time the answer was sent, in milliseconds since the epoch (RFC 9110, "Date") */
function answerDate(url: URL, network: Network, signal: AbortSignal): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = head(url, network, signal);
    request.once('response', (response) => {
      response.resume();
      const { date } = response.headers;
      resolve(date === undefined ? undefined : Date.parse(date));
    });
    request.once('error', reject);
    request.end();
  });
}

function head(url: URL, network: Network, signal: AbortSignal): ClientRequest {
  const proxy = network.plainProxy(url);
  const address = proxy && forwardedBy(proxy, url.origin, url.pathname);
  const options = {
    method: 'HEAD',
    signal,
    ...address,
    headers: { host: url.host, ...address?.headers },
  };
  const isSecure = (address ?? url).protocol === 'https:';
  return isSecure
    ? requestHttps(url, { ...options, agent: network.httpsAgent })
    : requestHttp(url, { ...options, agent: network.httpAgent });
}
