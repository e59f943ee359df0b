import type { LocalSession } from '../../local-aws/local-aws.ts';

const CHECK_EVERY_MS = 50;
/** As often must the target be seen not to have written anything more. */
const CHECKS = 10;

/** Resolves when a target that always has more to send is blocked: every buffer on the way is full. */
export async function outputStalls(session: LocalSession): Promise<void> {
  let last = 0;
  for (let unchanged = 0; unchanged < CHECKS;) {
    const now = session.record.outputBytes;
    unchanged = now > 0 && now === last ? unchanged + 1 : 0;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, CHECK_EVERY_MS));
  }
}
