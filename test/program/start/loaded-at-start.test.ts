import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:https';
import { isBuiltin } from 'node:module';
import { describe, it, type TestContext } from 'node:test';
import { WebSocketServer } from 'ws';
import { createAuthority } from '../../network/certificate-authority.ts';
import { listen } from '../../network/local-server.ts';
import type { Moment, StartReport } from '../../support/start-trace/start-report.ts';
import { traceStart } from '../../support/start-trace/trace-start.ts';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { OPENSSL } from '../../support/tools.ts';
import { programEnvironment } from '../support/program.ts';
import { startSession } from '../support/target.ts';

/** What is loaded of the bundle and of Node.js until a moment, in alphabetical order. */
interface Loaded {
  readonly files: readonly string[];
  readonly builtins: readonly string[];
}

/** Modules of Node.js that its own start has loaded count, when the program asks for them. */
function loadedAt({ loads }: StartReport, moment: Moment): Loaded {
  const names = (kind: string): readonly string[] =>
    loads
      .slice(0, moment.loads)
      .filter((load) => load.kind === kind)
      .map(({ name }) => name)
      .sort();
  return { files: names('file'), builtins: names('builtin') };
}

/**
 * Public modules that the runtime has loaded, on behalf of the program or of others. What one of them loads
 * within the runtime differs by version.
 */
function publicModules({ runtimeModules }: Moment): ReadonlySet<string> {
  return new Set(runtimeModules.filter((module) => isBuiltin(module) && !module.startsWith('_')));
}

/** Large parts of Node.js that a global variable or a property loads, not an import. */
const HIDDEN_PARTS = ['internal/crypto/webcrypto', 'internal/deps/undici/undici', 'perf_hooks'];

const FILES = ['session-manager-plugin.cjs', 'session.cjs'];
const BUILTINS = [
  ...['buffer', 'crypto', 'fs', 'net', 'path', 'querystring', 'stream', 'url', 'util'],
];
/** What makes the session and reads its frames, while its first socket opens. */
const LATER_BUILTINS = ['events', 'tty'];

/** Listens for a session over TLS, as the message gateway of AWS does. */
async function listenWithTls(t: TestContext): Promise<{ streamUrl: string; roots: string }> {
  const authority = createAuthority(temporaryDirectory(t), 'Start Test Root');
  const { key, cert } = authority.issue(['IP:127.0.0.1']);
  const server = createServer({ key, cert });
  const gateway = new WebSocketServer({ server });
  t.after(() => {
    for (const client of gateway.clients) client.terminate();
  });
  await listen(t, server);
  const { port } = server.address() as AddressInfo;
  return { streamUrl: `wss://127.0.0.1:${port}/v1/data-channel/s-1`, roots: authority.file };
}

// Each file and module takes time at the start of every session. What is added here has to be needed before the
// first byte; everything else is imported with `await import()`, or by a late builtin (build/bundle/).
describe('before the first byte of a session the program loads', () => {
  it('two files and what a WebSocket needs', async (t) => {
    const { args } = await startSession(t);
    const report = await traceStart({ args, env: programEnvironment() });
    const { firstByte, open } = report.moments;
    assert.deepEqual(loadedAt(report, firstByte), { files: FILES, builtins: BUILTINS });
    assert.deepEqual(loadedAt(report, open), {
      files: FILES,
      builtins: [...BUILTINS, ...LATER_BUILTINS].sort(),
    });
    const modules = publicModules(open);
    for (const name of [
      'http',
      'https',
      'tls',
      'zlib',
      'fs/promises',
      'child_process',
      'os',
      'dns',
    ]) {
      assert.ok(!modules.has(name), `${name} is loaded`);
    }
    for (const name of HIDDEN_PARTS) assert.ok(!open.runtimeModules.includes(name), name);
  });

  it('the same and TLS, when the gateway is AWS’s', needs(OPENSSL), async (t) => {
    const { streamUrl, roots } = await listenWithTls(t);
    const response = { SessionId: 's-1', TokenValue: 'token', StreamUrl: streamUrl };
    const args = [JSON.stringify(response), 'us-east-1', 'StartSession', '', '{}', ''];
    const report = await traceStart({ args, env: programEnvironment({ AWS_CA_BUNDLE: roots }) });
    const { open } = report.moments;
    assert.deepEqual(loadedAt(report, open), {
      files: FILES,
      builtins: [...BUILTINS, ...LATER_BUILTINS, 'fs/promises', 'tls'].sort(),
    });
    for (const name of ['http', 'https', 'zlib']) assert.ok(!publicModules(open).has(name), name);
    for (const name of HIDDEN_PARTS) assert.ok(!open.runtimeModules.includes(name), name);
  });
});
