import { lookup } from 'node:dns/promises';
import type { Condition } from './require-tools.ts';

/** Whether the system resolves `localhost`: a root made by debootstrap alone has no `/etc/hosts`. */
export const LOCALHOST: Condition = await lookup('localhost').then(
  () => ({ obstacle: undefined }),
  () => ({
    obstacle: 'localhost has no address: add the line "127.0.0.1 localhost" to /etc/hosts',
  }),
);
