import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { StaticTargetName } from '../../../build/targets.ts';
import { runTool, type Tool } from '../../../build/tool.ts';
import type { DebArchitecture } from '../../../packaging/deb/control.ts';
import { createAuthority } from '../../network/certificate-authority.ts';
import { serve } from '../../network/local-server.ts';
import { forwardRequest, openedPort, WAITING } from '../../program/port/support/port-session.ts';
import { startCommandPiped, type CompletedRun } from '../../program/support/piped-program.ts';
import { sixArguments, startSession, startTarget, TARGET } from '../../program/support/target.ts';
import { INSTALLED, VERSION } from '../../support/product.ts';
import { requireNothing, requireTools } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { BSDTAR } from '../../support/tools.ts';
import { assertPipedSession, assertProgramWorks } from '../support/installed-program.ts';
import { whenInputsChanged } from '../support/inputs-changed.ts';
import { packagePath, requireTargets } from '../support/made-targets.ts';
import { SYSTEM_ENVIRONMENT } from '../support/system-root.ts';
import { emptyRoot, muslRoot, type BareRoot } from './bare-root.ts';
import { startNameServer } from './name-server.ts';

const UNSHARE: Tool = { program: 'unshare', debianPackage: 'util-linux' };
const PROGRAM = 'session-manager-plugin';
/** Of this machine, and not the one that its own resolver may listen on. */
const NAME_SERVER = '127.0.0.99';
const LOOPBACK = [127, 0, 0, 1] as const;

const ARCHITECTURES: Readonly<Record<StaticTargetName, DebArchitecture>> = {
  'linux-x64-static': 'amd64',
  'linux-arm64-static': 'arm64',
};

/** The path of the archive; undefined when the test is skipped. */
function archiveOf(t: TestContext, target: StaticTargetName): string | undefined {
  const isRoot = process.getuid?.() === 0;
  const obstacle = isRoot ? undefined : 'only root can change the root directory';
  if (!requireNothing(t, obstacle) || !requireTools(t, BSDTAR, UNSHARE)) return undefined;
  if (!requireTargets(t, target)) return undefined;
  return packagePath(`${PROGRAM}-${VERSION}-${target}.tar.gz`);
}

function programOf(root: BareRoot): string {
  return join(root.installed, 'bin', PROGRAM);
}

/** Opens a session to a local target by a name, over TLS. */
async function sessionByName(t: TestContext, root: BareRoot, name: string): Promise<CompletedRun> {
  const authority = createAuthority(temporaryDirectory(t), 'Own authority');
  copyFileSync(authority.file, root.path('tmp/own.pem'));
  const aws = await startTarget(t, { tls: authority.issue([`DNS:${name}`]), hostName: name });
  const request = { Target: TARGET };
  const response = await aws.startSession(request);
  const program = startCommandPiped(t, [PROGRAM, ...sixArguments(aws, response, request)], {
    through: root.inside,
    env: { ...SYSTEM_ENVIRONMENT, NODE_EXTRA_CA_CERTS: '/tmp/own.pem' },
  });
  program.stdin.end('echo $((6 * 7))\n');
  const { status } = await program.end();
  return { status, stdout: program.stdout.text, stderr: program.stderr.text };
}

for (const [target, architecture] of Object.entries(ARCHITECTURES) as [
  StaticTargetName,
  DebArchitecture,
][]) {
  describe(`the program of ${target}`, whenInputsChanged('static'), () => {
    it('runs in a root with nothing else: version, a session', async (t) => {
      const archive = archiveOf(t, target);
      if (archive === undefined) return;
      const root = emptyRoot(t, architecture, archive);
      const program = programOf(root);
      assert.deepEqual(root.run([program]), { status: 0, stdout: INSTALLED, stderr: '' });
      const { stdout } = root.run([program, '--version', '--verbose']);
      assert.match(stdout, new RegExp(`^target +${target}\ninstall +archive$`, 'm'));
      await assertPipedSession(t, root, program);
    });

    it('forwards a port from there, and is the very process that was started', async (t) => {
      const archive = archiveOf(t, target);
      if (archive === undefined) return;
      const root = emptyRoot(t, architecture, archive);
      const port = await serve(t, (_, response) => void response.end('the service'));
      const { args, session } = await startSession(t, forwardRequest({ port }));
      const program = startCommandPiped(t, [programOf(root), ...args], {
        through: root.inside,
        env: SYSTEM_ENVIRONMENT,
      });
      await program.stdout.until('the port', (text) => text.endsWith(WAITING));
      const answer = await fetch(`http://127.0.0.1:${openedPort(program.stdout.text)}/`);
      assert.equal(await answer.text(), 'the service');
      program.kill('SIGTERM');
      assert.deepEqual(await program.end(), { status: 0, signal: null });
      assert.deepEqual(await session.closed, { by: 'flag', output: '' });
    });

    it('runs on musl by a link in PATH, also in a terminal', async (t) => {
      const archive = archiveOf(t, target);
      if (archive === undefined) return;
      await assertProgramWorks(t, await muslRoot(t, architecture, archive));
    });

    it('resolves names by /etc/hosts and by a name server, whatever nsswitch.conf asks for', async (t) => {
      const archive = archiveOf(t, target);
      if (archive === undefined) return;
      const root = await muslRoot(t, architecture, archive);
      const name = 'gateway.session.test';
      writeFileSync(root.path('etc/hosts'), `127.0.0.1 localhost ${name}\n`);
      const byHosts = await sessionByName(t, root, name);
      assert.match(byHosts.stdout, /^42\r$/m, byHosts.stdout + byHosts.stderr);

      const asked = await startNameServer(t, NAME_SERVER, LOOPBACK);
      writeFileSync(root.path('etc/hosts'), '127.0.0.1 localhost\n');
      writeFileSync(root.path('etc/resolv.conf'), `nameserver ${NAME_SERVER}\n`);
      const byServer = await sessionByName(t, root, name);
      assert.match(byServer.stdout, /^42\r$/m, byServer.stdout + byServer.stderr);
      assert.ok(asked.has(name));

      // A module that only other systems have.
      const services = 'hosts: files mdns4_minimal [NOTFOUND=return] dns\n';
      writeFileSync(root.path('etc/nsswitch.conf'), services);
      const withModule = await sessionByName(t, root, name);
      assert.match(withModule.stdout, /^42\r$/m, withModule.stdout + withModule.stderr);
    });

    it("takes no library from the loader's variables, and passes them on", async (t) => {
      const archive = archiveOf(t, target);
      if (archive === undefined) return;
      const root = await muslRoot(t, architecture, archive);
      const variables = [
        ...['LD_PRELOAD=/nonexistent.so', 'LD_LIBRARY_PATH=/usr/lib', 'LD_DEBUG=libs'],
        'GLIBC_TUNABLES=glibc.rtld.nns=2',
      ];
      const setting = ['/bin/busybox', 'env', ...variables];
      assert.deepEqual(root.run([...setting, PROGRAM]), {
        status: 0,
        stdout: INSTALLED,
        stderr: '',
      });
      // What the program starts for credentials gets them.
      const config = '[default]\nregion = us-east-1\ncredential_process = /tmp/process\n';
      writeFileSync(root.path('tmp/config'), config);
      const own = ['AWS_CONFIG_FILE=/tmp/config', 'AWS_ENDPOINT_URL=http://127.0.0.1:1'];
      writeFileSync(root.path('tmp/process'), '#!/bin/sh\nenv >/tmp/seen\n', { mode: 0o755 });
      root.run([...setting, ...own, PROGRAM, 'sessions']);
      const seen = root.run(['/bin/busybox', 'cat', '/tmp/seen']).stdout.split('\n');
      for (const variable of variables) assert.ok(seen.includes(variable), seen.join('\n'));
    });

    it('names its libraries and their licences in THIRD-PARTY, and in the bill of materials', (t) => {
      const archive = archiveOf(t, target);
      if (archive === undefined) return;
      const member = `${PROGRAM}-${VERSION}-${target}/THIRD-PARTY`;
      const thirdParty = runTool(BSDTAR, ['-xOf', archive, member]).toString('utf8');
      const bill = readFileSync(packagePath('sbom.cdx.json'), 'utf8');
      assert.match(thirdParty, /^Node\.js \d+\.\d+\.\d+$/m);
      const addresses = bill.match(/pkg:deb\/debian\/[^"]+/g) ?? [];
      for (const name of ['libc6', 'libgcc-s1', 'libstdc++6']) {
        const address = `pkg:deb/debian/${encodeURIComponent(name)}@`;
        const qualifiers = `?arch=${architecture}&distro=trixie`;
        const found = addresses.find(
          (each) => each.startsWith(address) && each.endsWith(qualifiers),
        );
        assert.ok(found !== undefined, addresses.join('\n'));
        const version = decodeURIComponent(found.slice(address.length, -qualifiers.length));
        assert.ok(thirdParty.includes(`\n${name} ${version} (Debian)\n`), `${name} ${version}`);
      }
      assert.match(thirdParty, /GNU LESSER GENERAL PUBLIC LICENSE/);
    });

    it('reports a missing loader, and what to do', (t) => {
      const archive = archiveOf(t, target);
      if (archive === undefined) return;
      const root = emptyRoot(t, architecture, archive);
      rmSync(root.path(join(root.installed, 'lib')), { recursive: true });
      const { status, stdout, stderr } = root.run([programOf(root)]);
      assert.deepEqual({ status, stdout }, { status: 1, stdout: '' });
      assert.match(stderr, /^session-manager-plugin cannot load \.\.\/lib\/ld-linux-\S+: unpack/);
    });
  });
}
