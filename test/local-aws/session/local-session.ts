import type { GatewayState } from '../gateway/gateway.ts';
import type { SessionEnd, SessionRecord } from './session-record.ts';
import type { SessionResponse, StartSessionRequest } from './session-request.ts';

/** What ResumeSession does for one session. */
export type ResumeBehaviour =
  /** A new token and URL, or an empty token after the session has ended. */
  | { readonly kind: 'normal' }
  /** An empty token, as for a session that has timed out. */
  | { readonly kind: 'ended' }
  /** The API does not answer: its connection is closed. */
  | { readonly kind: 'down' }
  /** The API takes the request and never answers. */
  | { readonly kind: 'silent' }
  /** An error in AWS's form. */
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly type: string;
      readonly message: string;
    };

/** ResumeSession refused because the caller's credentials have expired. */
export const EXPIRED_TOKEN: ResumeBehaviour = {
  kind: 'error',
  status: 403,
  type: 'ExpiredTokenException',
  message: 'The security token included in the request is expired',
};

/** One session of the local target, as tests see and disturb it. */
export interface LocalSession {
  readonly sessionId: string;
  readonly request: StartSessionRequest;
  /** Session, token and URL as StartSession or the last ResumeSession gave them. */
  readonly response: SessionResponse;
  readonly record: Readonly<SessionRecord>;
  /** How it ended; undefined while it lasts. */
  readonly end: SessionEnd | undefined;
  /** Resolves when the service has ended the session and nothing of it runs on the target. */
  readonly closed: Promise<SessionEnd>;
  readonly clientConnected: boolean;
  /** Resolves when `condition` holds; it is looked at whenever `record` or the connection changes. */
  until(what: string, condition: (session: LocalSession) => boolean): Promise<void>;

  /** Tears down the client's TCP connection. */
  cutClient(): void;
  /** Closes the client's WebSocket with code 1000 `Bye`, as the service does every hour. */
  closeWithBye(): void;
  /** Makes the client's connection dead without closing it: nothing is read, answered or sent. */
  freezeClient(): void;
  /** Cuts the agent off: frames are lost both ways, and the client is asked to pause. */
  cutAgent(): void;
  /** Connects the agent again; both sides are asked to start. */
  joinAgent(): void;
  /** Makes both sides pause, and buffers what they send nevertheless. */
  delayPublication(): void;
  /** Delivers what was held and asks both sides to start. */
  releasePublication(): void;
  /** Sends the client a frame that neither service nor agent would, on the open connection. */
  sendToClient(frame: Buffer): void;
  /** Ends the session from the service's side, with this text for the user. */
  terminate(output?: string): void;
  /** What the next `times` calls of ResumeSession meet, all further ones by default. */
  answerResume(behaviour: ResumeBehaviour, times?: number): void;
  /** Refuses the current token from now on; ResumeSession issues another one. */
  expireToken(): void;
  /** How upgrade requests for this session fare from now on. */
  setGateway(state: GatewayState): void;
}
