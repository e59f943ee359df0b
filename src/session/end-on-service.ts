import type { Channel } from '../channel/channel.ts';
import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors/error-text.ts';
import type { Logger } from '../logging/logger.ts';
import { encodeFlag, Flag } from '../protocol/flag.ts';
import { PayloadType } from '../protocol/payload-type.ts';
import { withTimeout } from '../lib/with-timeout.ts';
import type { SessionService } from './session-service.ts';

/** The program must exit within a second of a signal, with or without the answer. */
const TERMINATE_TIMEOUT_MS = 700;

/** What ending a session works with. */
export interface EndOnServiceOptions {
  readonly channel: Pick<Channel, 'send' | 'whenAcknowledged'>;
  readonly service: SessionService;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The agent can be reached and understands the TerminateSession flag. */
  readonly byFlag: boolean;
  /** The flag may not be understood or not arrive: ask the service as well. */
  readonly byApi: boolean;
  /** Resolves when the service closes the channel, which shows that the session has ended there. */
  readonly closed: Promise<unknown>;
}

/** Ends the session on the service, and waits, with a time limit, until that is certain. Never rejects. */
export async function endOnService(options: EndOnServiceOptions): Promise<void> {
  const { channel, service, clock, logger } = options;
  const attempt = (what: string, work: () => Promise<void>): Promise<void> =>
    work().catch((error: unknown) => logger.error(`${what} failed: ${errorText(error)}`));
  const sendFlag = (): Promise<void> =>
    new Promise((resolve) => {
      channel.send({ payloadType: PayloadType.Flag, payload: encodeFlag(Flag.TerminateSession) });
      channel.whenAcknowledged(resolve);
    });
  const flag = options.byFlag ? attempt('the TerminateSession flag', sendFlag) : undefined;
  const api = options.byApi
    ? attempt('TerminateSession', () => service.terminateSession())
    : undefined;
  const done = Promise.race([options.closed, Promise.all([flag, api])]);
  await withTimeout<unknown>(clock, TERMINATE_TIMEOUT_MS, done, () => undefined);
}
