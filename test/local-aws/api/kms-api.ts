import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { stringMember, type JsonObject } from '../../../src/lib/json.ts';
import { parseJsonPayload } from '../../../src/protocol/json-payload.ts';
import type { Iam } from '../iam/iam.ts';
import { accessKeyIdOf, answerJson, readBody } from './answers/json-request.ts';

/** What a key is good for at the moment. */
export type KmsKeyState = 'enabled' | 'disabled' | 'pending-deletion' | 'denied' | 'throttled';

/** The encryption context: the same context must be given to encrypt and to decrypt. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** A call of the API, as it came. */
export interface KmsCall {
  /** `GenerateDataKey`, `Decrypt`. */
  readonly operation: string;
  readonly keyId: string;
  readonly encryptionContext: EncryptionContext;
  /** The access key id it was signed with; empty when it was not. */
  readonly accessKeyId: string;
}

/** A Key Management Service on this machine, as far as sessions need it. */
export interface KmsApi {
  /** Answers GenerateDataKey and Decrypt. */
  readonly listener: RequestListener;
  readonly calls: readonly KmsCall[];
  /** Makes a key, or changes what it is good for. */
  setKey(keyId: string, state: KmsKeyState): void;
  /** Decrypt without HTTP, as the agent's own call; throws when key or context do not fit. */
  decrypt(cipherTextBlob: Buffer, encryptionContext: EncryptionContext): Buffer;
}

const CONTENT_TYPE = 'application/x-amz-json-1.1';
const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** An error of the API. */
class KmsError extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

interface Key {
  readonly material: Buffer;
  state: KmsKeyState;
}

/** @param iam - the permissions of the caller; everything by default */
export function createKmsApi(iam?: Iam): KmsApi {
  const keys = new Map<string, Key>();
  const calls: KmsCall[] = [];

  const usableKey = (keyId: string): Key => {
    const key = keys.get(keyId);
    if (key === undefined) throw new KmsError('NotFoundException', `Key '${keyId}' does not exist`);
    switch (key.state) {
      case 'enabled':
        return key;
      case 'disabled':
        throw new KmsError('DisabledException', `${keyId} is disabled.`);
      case 'pending-deletion':
        throw new KmsError('KMSInvalidStateException', `${keyId} is pending deletion.`);
      case 'denied':
        throw new KmsError(
          'AccessDeniedException',
          `User: arn:aws:iam::123456789012:user/local is not authorized to perform: kms:GenerateDataKey on resource: ${keyId}`,
        );
      case 'throttled':
        throw new KmsError('ThrottlingException', 'Rate exceeded');
    }
  };

  const decrypt = (blob: Buffer, context: EncryptionContext): Buffer => {
    const idBytes = blob.readUInt16BE(0);
    const keyId = blob.subarray(2, 2 + idBytes).toString('utf8');
    const sealed = blob.subarray(2 + idBytes);
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, usableKey(keyId).material, nonce);
    decipher.setAAD(canonical(context));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      const cipherText = sealed.subarray(NONCE_BYTES, -TAG_BYTES);
      return Buffer.concat([decipher.update(cipherText), decipher.final()]);
    } catch {
      throw new KmsError('InvalidCiphertextException', 'The key or the encryption context differs');
    }
  };

  const encrypt = (keyId: string, plaintext: Buffer, context: EncryptionContext): Buffer => {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, usableKey(keyId).material, nonce);
    cipher.setAAD(canonical(context));
    const cipherText = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    const id = Buffer.from(keyId, 'utf8');
    const idLength = Buffer.alloc(2);
    idLength.writeUInt16BE(id.length);
    return Buffer.concat([idLength, id, nonce, cipherText, cipher.getAuthTag()]);
  };

  const perform = (operation: string, request: JsonObject, accessKeyId: string): object => {
    const encryptionContext = contextOf(request['EncryptionContext']);
    const keyId = stringMember(request, 'KeyId');
    calls.push({ operation, keyId, encryptionContext, accessKeyId });
    if (accessKeyId === '') {
      throw new KmsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
    }
    const refusal = iam?.refusal([{ action: `kms:${operation}`, resource: keyId }]);
    if (refusal !== undefined) throw new KmsError('AccessDeniedException', refusal);
    switch (operation) {
      case 'GenerateDataKey': {
        const plaintext = randomBytes(Number(request['NumberOfBytes']));
        const blob = encrypt(keyId, plaintext, encryptionContext);
        return {
          KeyId: keyId,
          CiphertextBlob: blob.toString('base64'),
          Plaintext: plaintext.toString('base64'),
        };
      }
      case 'Decrypt': {
        const blob = Buffer.from(stringMember(request, 'CiphertextBlob'), 'base64');
        return { Plaintext: decrypt(blob, encryptionContext).toString('base64') };
      }
      default:
        throw new KmsError('UnknownOperationException', operation);
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [service = '', operation = ''] = String(request.headers['x-amz-target']).split('.');
    const body = parseJsonPayload(Buffer.from(await readBody(request)), 'the request');
    try {
      if (service !== 'TrentService') throw new KmsError('UnknownOperationException', service);
      answerJson(response, 200, perform(operation, body, accessKeyIdOf(request)), CONTENT_TYPE);
    } catch (error) {
      if (!(error instanceof KmsError)) throw error;
      const failure = { __type: error.type, message: error.message };
      answerJson(response, error.status, failure, CONTENT_TYPE);
    }
  };

  return {
    listener: (request, response) => {
      answer(request, response).catch(() => request.socket.destroy());
    },
    calls,
    setKey(keyId, state) {
      const key = keys.get(keyId);
      if (key === undefined) keys.set(keyId, { material: randomBytes(KEY_BYTES), state });
      else key.state = state;
    },
    decrypt,
  };
}

function contextOf(value: unknown): EncryptionContext {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

/** The context is a set of pairs: their order does not count. */
function canonical(context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify(pairs), 'utf8');
}
