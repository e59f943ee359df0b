import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import { systemCode } from '../../lib/errors/system-error.ts';
import { withTimeout } from '../../lib/with-timeout.ts';
import { decoded, shape, text } from './decode.ts';

/**
 * Named pipes of Windows have no owner that Node.js shows: another user could make one of this name, or connect to that of
 * the supervisor. So both ends prove that they can read a file of the user, without sending what is in it.
 */
const SECRET_BYTES = 32;
const PROOF_NONCE_BYTES = 16;
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
const LINE_FEED = 0x0a;
/** A line of a proof is shorter. */
const MAX_PROOF_BYTES = 1024;
/** For the other end to prove it: it does so at once. */
const PROOF_LIMIT_MS = 10_000;

/** Which end proves it: the proof of one end is of no use to the other one. */
type End = 'client' | 'supervisor';

const readNonce = shape({ nonce: text });
const readAnswer = shape({ nonce: text, proof: text });
const readProof = shape({ proof: text });

/** The secret in a file, which is made if it is missing. */
export async function pipeSecret(path: string): Promise<Buffer> {
  const found = await readFile(path).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT') throw error;
    return undefined;
  });
  if (found !== undefined) return found;
  await mkdir(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
  const unfinished = `${path}.${randomBytes(PROOF_NONCE_BYTES).toString('hex')}`;
  try {
    await writeFile(unfinished, randomBytes(SECRET_BYTES), { mode: FILE_MODE, flag: 'wx' });
    // Of two programs that make it, one wins, and the file is never half of it.
    await link(unfinished, path).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error;
    });
  } finally {
    await rm(unfinished, { force: true });
  }
  return readFile(path);
}

/** The client's side: nothing of a request is sent before it. @returns whether the other end is the user's supervisor */
export function proveAsClient(socket: Socket, secret: Buffer, clock: Clock): Promise<boolean> {
  return limited(clock, async () => {
    const nonce = randomBytes(PROOF_NONCE_BYTES).toString('hex');
    socket.write(`${JSON.stringify({ nonce })}\n`);
    const answer = decoded(await nextLine(socket), readAnswer);
    if (answer === undefined || !isProof(answer.proof, secret, 'supervisor', nonce)) return false;
    socket.write(`${JSON.stringify({ proof: proofOf(secret, 'client', answer.nonce) })}\n`);
    return true;
  });
}

/** The supervisor's side. @returns whether the client is one of the user */
export function proveAsSupervisor(socket: Socket, secret: Buffer, clock: Clock): Promise<boolean> {
  return limited(clock, async () => {
    const asked = decoded(await nextLine(socket), readNonce);
    if (asked === undefined) return false;
    const nonce = randomBytes(PROOF_NONCE_BYTES).toString('hex');
    const proof = proofOf(secret, 'supervisor', asked.nonce);
    socket.write(`${JSON.stringify({ nonce, proof })}\n`);
    const answer = decoded(await nextLine(socket), readProof);
    return answer !== undefined && isProof(answer.proof, secret, 'client', nonce);
  });
}

function limited(clock: Clock, prove: () => Promise<boolean>): Promise<boolean> {
  return withTimeout(clock, PROOF_LIMIT_MS, prove(), () => false);
}

function proofOf(secret: Buffer, end: End, nonce: string): string {
  return createHmac('sha256', secret).update(`${end} ${nonce}`).digest('hex');
}

function isProof(given: string, secret: Buffer, end: End, nonce: string): boolean {
  const expected = Buffer.from(proofOf(secret, end, nonce));
  const bytes = Buffer.from(given);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}

/** The next line; empty when the connection ends, or the line is too long. What follows it stays in the socket. */
function nextLine(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let bytes: Buffer = Buffer.alloc(0);
    const finish = (line: string, rest: Buffer): void => {
      socket.pause();
      socket.off('data', take);
      socket.off('end', end);
      socket.off('close', end);
      if (rest.length > 0) socket.unshift(rest);
      resolve(line);
    };
    const end = (): void => finish('', Buffer.alloc(0));
    const take = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const at = bytes.indexOf(LINE_FEED);
      if (at !== -1) finish(bytes.toString('utf8', 0, at), bytes.subarray(at + 1));
      else if (bytes.length > MAX_PROOF_BYTES) end();
    };
    socket.on('data', take);
    socket.on('end', end);
    socket.on('close', end);
    socket.resume();
  });
}
