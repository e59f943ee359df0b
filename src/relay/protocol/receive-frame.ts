import { MAX_STREAM_WINDOW_BYTES, MAX_STREAMS, RELAY_VERSION, type RelayFrame } from './frames.ts';
import { malformed } from './read-frames.ts';
import {
  acceptStream,
  onData,
  onEnd,
  onOpened,
  onReset,
  onWindow,
  streamOf,
  type StreamHandlers,
  type TunnelStream,
} from './stream.ts';
import { addStream, send, type TunnelRun } from './tunnel-run.ts';
import { resetFrame } from './write-frames.ts';

const UNANSWERED: StreamHandlers = {
  opened: () => undefined,
  data: () => undefined,
  end: () => undefined,
  reset: () => undefined,
  drain: () => undefined,
};

/**
 * Processes a frame of the relay.
 *
 * @throws ProtocolError for one that it must not send now
 */
export function receiveFrame(run: TunnelRun, frame: RelayFrame): void {
  if (run.state === 'starting' && frame.type !== 'hello' && frame.type !== 'reset') {
    throw malformed('a frame before HELLO');
  }
  switch (frame.type) {
    case 'hello':
      receiveHello(run, frame);
      break;
    case 'accept':
      receiveAccept(run, frame);
      break;
    case 'pong':
      if (!run.credit.ponged(frame.token)) run.host.ponged(frame.token);
      break;
    case 'reset':
      if (frame.id === 0) throw malformed(`the relay has ended: ${frame.code}`);
      receiveFor(run, frame);
      break;
    case 'data':
      run.credit.received(frame.bytes.length);
      receiveFor(run, frame);
      break;
    default:
      receiveFor(run, frame);
  }
}

type FrameOf<Type extends RelayFrame['type']> = Extract<RelayFrame, { readonly type: Type }>;

/** Processes a frame of a stream. If the stream is closed, the frame has crossed a RESET. */
function receiveFor(
  run: TunnelRun,
  frame: FrameOf<'opened' | 'data' | 'window' | 'end' | 'reset'>,
): void {
  const { id } = frame;
  if (id > (id % 2 === 1 ? run.highestOwn : run.highestAccepted)) {
    throw malformed('a stream that was never opened');
  }
  const stream = run.streams.get(id);
  if (stream === undefined) return;
  switch (frame.type) {
    case 'opened':
      onOpened(stream, frame.window, frame.port);
      break;
    case 'data':
      onData(stream, frame.bytes);
      break;
    case 'window':
      onWindow(stream, frame.bytes);
      break;
    case 'end':
      onEnd(stream);
      break;
    case 'reset':
      onReset(stream, frame);
  }
}

function receiveHello(
  run: TunnelRun,
  { version, nonce, maxStreams, name }: FrameOf<'hello'>,
): void {
  if (run.state !== 'starting') throw malformed('a second HELLO');
  if (version !== RELAY_VERSION) throw malformed(`version ${version}`);
  if (!nonce.equals(run.host.nonce)) throw malformed('the HELLO of another tunnel');
  run.state = 'ready';
  run.maxStreams = Math.min(MAX_STREAMS, maxStreams);
  run.host.ready(name);
}

function receiveAccept(run: TunnelRun, { id, listener, window, peer }: FrameOf<'accept'>): void {
  if (id !== run.highestAccepted + 2) throw malformed('an id out of order');
  if (window > MAX_STREAM_WINDOW_BYTES) throw malformed('a window that is too large');
  run.highestAccepted = id;
  const onAccept = run.listeners.get(listener);
  if (onAccept === undefined) {
    if (listener > run.highestOwn || listener % 2 === 0) throw malformed('an unknown listener');
    send(run, resetFrame(id, 'closed'));
  } else if (run.streams.size >= run.maxStreams) {
    send(run, resetFrame(id, 'limit'));
  } else {
    const receiveWindow = run.budget.grant();
    const beginning = { id, kind: 'bytes', receiveWindow, sendWindow: window } as const;
    const mux = addStream(run, beginning, UNANSWERED);
    const stream = streamOf(mux);
    const accept = (handlers: StreamHandlers): TunnelStream | undefined => {
      if (mux.state === 'closed') return undefined;
      acceptStream(mux, handlers);
      return stream;
    };
    onAccept({ stream, peer, accept });
  }
}
