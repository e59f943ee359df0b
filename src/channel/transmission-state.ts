/** Whether a sender may transmit (docs/design/protocol.md#pause-and-start). */
export type TransmissionState =
  /** No socket is attached. */
  | 'detached'
  | 'sending'
  /** The agent is not connected to the service. */
  | 'paused'
  /** The agent is connected again, so soon that sending everything again is delayed. */
  | 'resuming'
  | 'closed';

/** What happens to a sender. */
export type TransmissionEvent =
  /** A socket is open. */
  | 'attach'
  /** The socket is closed. */
  | 'detach'
  /** The service has no connection to the agent. */
  | 'pause'
  /** The agent is connected: the service reports it, or a message of the agent arrived. */
  | 'resume'
  /** The same, but everything was sent again a moment ago. */
  | 'resume-early'
  /** The delay of `resuming` has passed. */
  | 'delay-elapsed'
  | 'close';

/** The next state, and what the sender does on the way to it. */
export interface Transmission {
  readonly next: TransmissionState;
  /** Messages in flight may be lost: everything unacknowledged is sent again. */
  readonly effect?: 'resend-all' | 'start-delay';
}

const CLOSE: Transmission = { next: 'closed' };
const DETACH: Transmission = { next: 'detached' };
const PAUSE: Transmission = { next: 'paused' };
const RESEND: Transmission = { next: 'sending', effect: 'resend-all' };

/** The transition of each event. An event without an entry changes nothing. */
export const TRANSMISSION_TRANSITIONS: Readonly<
  Record<TransmissionState, Readonly<Partial<Record<TransmissionEvent, Transmission>>>>
> = {
  detached: { attach: RESEND, close: CLOSE },
  sending: { attach: RESEND, detach: DETACH, pause: PAUSE, close: CLOSE },
  paused: {
    attach: RESEND,
    detach: DETACH,
    resume: RESEND,
    'resume-early': { next: 'resuming', effect: 'start-delay' },
    close: CLOSE,
  },
  resuming: {
    attach: RESEND,
    detach: DETACH,
    pause: PAUSE,
    'delay-elapsed': RESEND,
    close: CLOSE,
  },
  closed: {},
};
