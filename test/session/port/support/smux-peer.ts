import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import { naiveDecode, naiveEncode } from '../../../protocol/smux/naive-smux.ts';
import type { MemoryLink } from './memory-link.ts';

/** A stream as the agent sees it. */
export interface PeerStream {
  readonly id: number;
  /** Bytes so far. */
  readonly received: Buffer;
  readonly finished: boolean;
  /** Sends data, in frames of at most 32 KiB and payloads of 1024 bytes. */
  send(data: Buffer | string): void;
  fin(): void;
}

/** The agent's end of a multiplexed port, with a naive codec of its own. */
export interface SmuxPeer {
  readonly streams: ReadonlyMap<number, PeerStream>;
  readonly nops: number;
  /** Called when a stream was opened, has received bytes or was finished. */
  onChange: (stream: PeerStream) => void;
  /** Passes raw bytes to the session, in payloads of 1024 bytes. */
  sendRaw(bytes: Buffer): void;
}

const COMMANDS = { syn: 0, fin: 1, push: 2, nop: 3 };
const FRAME_BYTES = 32_768;
const PAYLOAD_BYTES = 1024;

interface MutableStream extends PeerStream {
  chunks: Buffer[];
  finished: boolean;
}

/** Puts the peer at the other end of a link. */
export function attachSmuxPeer(link: MemoryLink): SmuxPeer {
  const streams = new Map<number, MutableStream>();
  let nops = 0;
  let rest = '';

  const frame = (command: number, id: number, data: string): void =>
    peer.sendRaw(Buffer.from(naiveEncode(command, id, data), 'latin1'));

  const open = (id: number): MutableStream => ({
    id,
    chunks: [],
    finished: false,
    get received() {
      return Buffer.concat(this.chunks);
    },
    send(data) {
      const text = Buffer.from(data).toString('latin1');
      for (let offset = 0; offset < text.length; offset += FRAME_BYTES) {
        frame(COMMANDS.push, id, text.slice(offset, offset + FRAME_BYTES));
      }
    },
    fin: () => frame(COMMANDS.fin, id, ''),
  });

  const streamOf = (id: number): MutableStream => {
    const stream = streams.get(id);
    if (stream === undefined) throw new Error(`frame for stream ${id}, which was never opened`);
    if (stream.finished) throw new Error(`frame for stream ${id} after its FIN`);
    return stream;
  };

  const receive = (command: number, id: number, data: string): void => {
    switch (command) {
      case COMMANDS.syn: {
        if (streams.has(id)) throw new Error(`stream ${id} was opened twice`);
        const stream = open(id);
        streams.set(id, stream);
        peer.onChange(stream);
        break;
      }
      case COMMANDS.push: {
        const stream = streamOf(id);
        stream.chunks.push(Buffer.from(data, 'latin1'));
        peer.onChange(stream);
        break;
      }
      case COMMANDS.fin: {
        const stream = streamOf(id);
        stream.finished = true;
        peer.onChange(stream);
        break;
      }
      default:
        nops++;
    }
  };

  const peer: SmuxPeer = {
    streams,
    get nops() {
      return nops;
    },
    onChange: () => undefined,
    sendRaw(bytes) {
      for (let offset = 0; offset < bytes.length; offset += PAYLOAD_BYTES) {
        const payload = bytes.subarray(offset, offset + PAYLOAD_BYTES);
        const taken = link.session?.receive(PayloadType.Output, Buffer.from(payload));
        if (taken !== true) throw new Error('the session refused a payload');
      }
    },
  };
  link.onMessage = ({ payloadType, payload }) => {
    if (payloadType !== PayloadType.Output) throw new Error(`payload type ${payloadType}`);
    const decoded = naiveDecode(rest + payload.toString('latin1'));
    rest = decoded.rest;
    for (const { command, id, data } of decoded.frames) receive(command, id, data);
  };
  return peer;
}
