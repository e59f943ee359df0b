import type { Agent } from 'node:http';

/** How connections leave this machine: through which proxy, and trusting which certificates. */
export interface Network {
  /**
   * The agent that opens connections to a URL (`https:`, `wss:`, `http:`, `ws:`), for `http.request`,
   * for the `agent` of a WebSocket and for the AWS SDK. It goes through the proxy the environment
   * names for that URL, verifies TLS against the trusted roots, and gives up on a connection that is
   * not ready within a bound. Its errors are `NetworkError`s wherever this side knows better than the
   * system's own text.
   */
  agent(url: URL): Agent;
}
