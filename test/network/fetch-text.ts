import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Network } from '../../src/network/network.ts';

/** Gets a URL through a network; rejects with the error. */
export function fetchText(network: Network, address: string): Promise<string> {
  const url = new URL(address);
  const isSecure = url.protocol === 'https:';
  const request = isSecure ? httpsRequest : httpRequest;
  const agent = isSecure ? network.httpsAgent : network.httpAgent;
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      text(response).then(resolve, reject);
    })
      .on('error', reject)
      .end();
  });
}

/** Closes the connections that a network keeps for later. */
export function closeNetwork(network: Network): void {
  network.httpAgent.destroy();
  network.httpsAgent.destroy();
}
