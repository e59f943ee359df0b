import { readFileSync } from 'node:fs';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import type { ServerOptions } from 'node:https';
import {
  createSelfSigned,
  withoutIssuer,
  type ServerCertificate,
} from '../../network/certificate-authority.ts';
import { listen, serve } from '../../network/local-server.ts';
import { suiteScope } from '../../support/cleanup-scope.ts';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { OPENSSL } from '../../support/tools.ts';
import { createCompanyRoot, type CertificateFault } from '../support/failures/certificates.ts';
import { account, USUAL_NODES } from '../support/fleets.ts';
import { testFailures } from '../support/failures/failing.ts';
import { nameServersAnswer } from '../support/failures/name-servers.ts';
import type { Scene } from '../support/scene.ts';

const TARGETS = ['targets'];
const NO_ENDPOINT = { AWS_ENDPOINT_URL: undefined };
/** What the port of a proxy is called. */
const PROXY_PORT = '43128';

/** AWS is at a server of its own. */
function endpoint(
  start: (t: Parameters<Scene['target']>[0]) => Promise<string>,
  env: Scene['env'] = {},
): Pick<Scene, 'target'> {
  return {
    async target(t) {
      const target = await account(USUAL_NODES)(t);
      return { ...target, env: { ...target.env, ...env, AWS_ENDPOINT_URL: await start(t) } };
    },
  };
}

/** Each request to AWS goes through a proxy that gives this answer. */
function proxy(answer: string, user = ''): Pick<Scene, 'target' | 'env'> {
  return {
    env: NO_ENDPOINT,
    async target(t) {
      const target = await account(USUAL_NODES)(t);
      const server = createTcpServer((socket) => {
        socket.on('error', () => socket.destroy());
        socket.once('data', () => socket.end(`HTTP/1.1 ${answer}\r\n\r\n`));
      });
      const port = String(await listen(t, server));
      return {
        ...target,
        env: { ...target.env, HTTPS_PROXY: `http://${user}127.0.0.1:${port}` },
        replacements: [[`:${port}`, `:${PROXY_PORT}`]],
      };
    },
  };
}

testFailures('network', {
  'connection-refused': {
    args: TARGETS,
    env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
    failure: 'connection-refused',
  },
  'connection-closed': {
    args: TARGETS,
    ...endpoint(async (t) => {
      const server = createTcpServer((socket) => {
        socket.once('data', () => socket.destroy());
      });
      return `http://127.0.0.1:${await listen(t, server)}`;
    }),
    failure: 'connection-closed',
  },
  'unknown-host': {
    args: [...TARGETS, '--region', 'eu-west-9'],
    env: { ...NO_ENDPOINT, ...nameServersAnswer('ENOTFOUND') },
    failure: 'host-unknown',
  },
  'no-name-server': {
    args: TARGETS,
    env: { ...NO_ENDPOINT, ...nameServersAnswer('EAI_AGAIN') },
    failure: 'host-not-resolved',
  },
  'proxy-unreachable': {
    args: TARGETS,
    env: { ...NO_ENDPOINT, HTTPS_PROXY: 'http://127.0.0.1:1' },
    failure: 'proxy-unreachable',
  },
  'proxy-password-missing': {
    args: TARGETS,
    ...proxy('407 Proxy Authentication Required'),
    failure: 'proxy-password-missing',
  },
  'proxy-password-refused': {
    args: TARGETS,
    ...proxy('407 Proxy Authentication Required', 'jane:secret@'),
    failure: 'proxy-password-refused',
  },
  'proxy-refused': { args: TARGETS, ...proxy('403 Forbidden'), failure: 'proxy-refused' },
  'proxy-not-a-url': {
    args: TARGETS,
    env: { ...NO_ENDPOINT, HTTPS_PROXY: 'http://jane:pass/word@proxy.example:3128' },
    failure: 'proxy-setting-invalid',
  },
  'proxy-setting': {
    args: TARGETS,
    env: { ...NO_ENDPOINT, HTTPS_PROXY: 'socks5://127.0.0.1:1080' },
    failure: 'proxy-kind-unsupported',
  },
  'login-page': {
    args: TARGETS,
    ...endpoint(async (t) => {
      const port = await serve(t, (_, response) => {
        response.writeHead(403, { 'content-type': 'text/html' });
        response.end('<html>Please log in</html>');
      });
      return `http://127.0.0.1:${port}`;
    }),
    failure: 'answer-not-from-aws',
  },
  'answer-incomplete': {
    args: ['start-session', '--target', 'i-0123456789abcdef0'],
    ...endpoint(async (t) => {
      const port = await serve(t, (_, response) => {
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end('{}');
      });
      return `http://127.0.0.1:${port}`;
    }),
    failure: 'answer-incomplete',
  },
  'no-tls': {
    args: TARGETS,
    ...endpoint(
      async (t) => `https://127.0.0.1:${await serve(t, (_, response) => response.end())}`,
    ),
    failure: 'tls-missing',
  },
});

const suite = suiteScope();
const PAST = ['20240304050607Z', '20250304050607Z'] as const;

testFailures('certificates', certificateScenes(), needs(OPENSSL));

function certificateScenes(): Parameters<typeof testFailures>[1] {
  const directory = temporaryDirectory(suite);
  const root = createCompanyRoot(join(directory, 'root'));
  const trusted = { AWS_CA_BUNDLE: root.file };

  /** AWS has this certificate. */
  const serverWith = (
    certificate: ServerCertificate,
    env: Scene['env'] = {},
    tls: ServerOptions = {},
  ): Pick<Scene, 'args' | 'target'> => ({
    args: TARGETS,
    ...endpoint(
      async (t) =>
        `https://127.0.0.1:${await serve(t, (_, response) => response.end(), certificate, tls)}`,
      env,
    ),
  });
  const withRoot = ({ key, cert }: ServerCertificate): ServerCertificate => ({
    key,
    cert: cert + readFileSync(root.file, 'utf8'),
  });
  const faulty = (fault: CertificateFault): Pick<Scene, 'args' | 'target'> =>
    serverWith(root.issue(fault), trusted);

  return {
    untrusted: { ...serverWith(withRoot(root.issueByProxy())), failure: 'certificate-untrusted' },
    'root-not-sent': {
      ...serverWith(root.issueByProxy()),
      failure: 'certificate-issuer-unknown',
    },
    'issuer-not-sent': {
      ...serverWith(withoutIssuer(root.issueByProxy())),
      failure: 'certificate-issuer-unknown',
    },
    'self-signed': {
      ...serverWith(createSelfSigned(directory, 'IP:127.0.0.1')),
      failure: 'certificate-self-signed',
    },
    expired: {
      ...faulty({ period: PAST }),
      failure: 'certificate-expired',
    },
    'expired-issuer': {
      ...serverWith(root.issueByProxy(PAST), trusted),
      failure: 'certificate-expired',
    },
    'not-yet-valid': {
      ...faulty({ period: ['20990304050607Z', '21000304050607Z'] }),
      failure: 'certificate-not-yet-valid',
    },
    'wrong-host': { ...faulty({ name: 'DNS:login.example' }), failure: 'certificate-wrong-host' },
    'wrong-purpose': { ...faulty({ purpose: 'clientAuth' }), failure: 'certificate-unfit' },
    'weak-tls': {
      ...serverWith(root.issue(), trusted, {
        maxVersion: 'TLSv1.2',
        ciphers: 'ECDHE-ECDSA-AES128-SHA',
      }),
      failure: 'tls-too-weak',
    },
  };
}
