import type { Channel } from '../channel/channel.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Logger } from '../logging/logger.ts';
import { encodeFlag, Flag } from '../protocol/flag.ts';
import { PayloadType } from '../protocol/payload-type.ts';
import type { SessionService } from './session-service.ts';

/** The program must be gone within a second of a signal: what is not answered by then is left. */
const ANSWER_BOUND_MS = 700;

/** What ending a session works with. */
export interface EndOnServiceOptions {
  readonly channel: Channel;
  readonly service: SessionService;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The agent can be reached and understands the TerminateSession flag. */
  readonly byFlag: boolean;
  /** The flag may not be understood or not arrive: ask the service as well. */
  readonly byApi: boolean;
  /** Resolves when the service closes the channel: then it is done. */
  readonly closed: Promise<unknown>;
}

/** Ends the session on the service, and waits, within a bound, until that is certain. Never rejects. */
export async function endOnService(options: EndOnServiceOptions): Promise<void> {
  const { channel, service, clock, logger } = options;
  const flag = options.byFlag
    ? new Promise<void>((resolve) => {
        channel.send({
          payloadType: PayloadType.Flag,
          payload: encodeFlag(Flag.TerminateSession),
        });
        channel.whenAcknowledged(resolve);
      })
    : Promise.resolve();
  const api = options.byApi
    ? service.terminateSession().catch((error: unknown) => {
        logger.error(`TerminateSession failed: ${error instanceof Error ? error.message : ''}`);
      })
    : Promise.resolve();
  let timer: Timer | undefined;
  const bound = new Promise<void>((resolve) => {
    timer = clock.after(ANSWER_BOUND_MS, resolve);
  });
  await Promise.race([options.closed, bound, Promise.all([flag, api])]);
  timer?.cancel();
}
