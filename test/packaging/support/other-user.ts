import type { TestContext } from 'node:test';

/** Until the test ends, files are made as by another user: with a narrow umask, and in another time zone. */
export function becomeOtherUser(t: TestContext): void {
  const umask = process.umask(0o077);
  const zone = process.env['TZ'];
  process.env['TZ'] = 'Asia/Kathmandu';
  t.after(() => {
    process.umask(umask);
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });
}
