import assert from 'node:assert/strict';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, it, type TestContext } from 'node:test';
import {
  bytesOf,
  chunksOf,
  createFingerprint,
  fingerprintOf,
  type Content,
} from '../support/content.ts';
import { HOST, startSshClient, type SshClient } from '../support/ssh/ssh-client.ts';
import { startSshServer, type SshServer } from '../support/ssh/ssh-server.ts';
import { needs } from '../../../support/require-tools.ts';
import { SSH, SSHD } from '../../../support/tools.ts';

const MIB = 1024 * 1024;
const LARGE: Content = { seed: 1, bytes: 50 * MIB };
const FASTEST_AGENT = { agent: { pacing: false } } as const;

function writeContent(path: string, content: Content): Promise<void> {
  return pipeline(Readable.from(chunksOf(content)), createWriteStream(path));
}

async function fingerprintOfFile(path: string): Promise<string> {
  const fingerprint = createFingerprint();
  for await (const chunk of createReadStream(path)) fingerprint.update(chunk as Buffer);
  return fingerprint.result();
}

interface Copying {
  readonly server: SshServer;
  readonly source: string;
  readonly copy: string;
}

async function prepareCopying(t: TestContext): Promise<Copying> {
  const server = await startSshServer(t);
  const source = join(server.directory, 'source');
  await writeContent(source, LARGE);
  return { server, source, copy: join(server.directory, 'copy') };
}

async function assertCopied({ program }: SshClient, { copy }: Copying): Promise<void> {
  const { status } = await program.end();
  assert.equal(status, 0, program.stderr.text);
  assert.equal(await fingerprintOfFile(copy), fingerprintOf(LARGE));
}

describe('OpenSSH through the program as ProxyCommand', needs(SSH, SSHD), () => {
  it('runs a command and returns its output and its exit status', async (t) => {
    const server = await startSshServer(t);
    const client = await startSshClient(t, server, 'ssh', [HOST, 'echo out; echo err >&2; exit 7']);
    client.program.stdin.end();
    assert.deepEqual(await client.program.end(), { status: 7, signal: null });
    assert.equal(client.program.stdout.text, 'out\n');
    assert.match(client.program.stderr.text, /^err\n/);
    assert.equal((await client.session.closed).output, '');
  });

  it('prints no text of its own on the terminal of the user', async (t) => {
    const server = await startSshServer(t);
    const client = await startSshClient(t, server, 'ssh', [HOST, 'true']);
    client.program.stdin.end();
    await client.program.end();
    assert.equal(client.program.stdout.text, '');
    assert.equal(client.program.stderr.text, '');
  });

  it('passes input on to its end', async (t) => {
    const server = await startSshServer(t);
    const client = await startSshClient(t, server, 'ssh', [HOST, 'wc -c; echo done']);
    client.program.stdin.end(bytesOf({ seed: 2, bytes: 2 * MIB }));
    assert.equal((await client.program.end()).status, 0);
    assert.equal(client.program.stdout.text, `${2 * MIB}\ndone\n`);
  });

  it('copies 50 MB to the target with scp', async (t) => {
    const copying = await prepareCopying(t);
    const args = [copying.source, `${HOST}:${copying.copy}`];
    const client = await startSshClient(t, copying.server, 'scp', args, FASTEST_AGENT);
    await assertCopied(client, copying);
  });

  it('copies 50 MB from the target with scp', async (t) => {
    const copying = await prepareCopying(t);
    const args = [`${HOST}:${copying.source}`, copying.copy];
    const client = await startSshClient(t, copying.server, 'scp', args, FASTEST_AGENT);
    await assertCopied(client, copying);
  });

  for (const verb of ['put', 'get'] as const) {
    it(`copies 50 MB with sftp: ${verb}`, async (t) => {
      const copying = await prepareCopying(t);
      const args = ['-b', '-', HOST];
      const client = await startSshClient(t, copying.server, 'sftp', args, FASTEST_AGENT);
      client.program.stdin.end(`${verb} ${copying.source} ${copying.copy}\n`);
      await assertCopied(client, copying);
    });
  }

  it('leaves no process and no session when ssh is killed', async (t) => {
    const server = await startSshServer(t);
    const client = await startSshClient(t, server, 'ssh', [HOST, 'echo here; exec sleep 1000']);
    await client.program.stdout.until('the command', (text) => text === 'here\n');
    client.program.kill('SIGKILL');
    // Its stderr is closed when the ProxyCommand has exited, too.
    assert.deepEqual(await client.program.end(), { status: null, signal: 'SIGKILL' });
    await client.session.closed;
    assert.equal(client.session.record.targetConnections, 0);
  });
});
