import { lookup } from 'node:dns/promises';
import type { Condition } from './require-tools.ts';

/** That the system knows `localhost`: a root that only debootstrap has made has no `/etc/hosts`. */
export const LOCALHOST: Condition = await lookup('localhost').then(
  () => ({ obstacle: undefined }),
  () => ({
    obstacle: 'localhost has no address: add the line "127.0.0.1 localhost" to /etc/hosts',
  }),
);
