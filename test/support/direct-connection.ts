import { connect } from 'node:net';
import type { CreateConnection } from '../../src/socket/web-socket.ts';

/** Connects to a port of this machine, as the network of the program does for a local target. */
export const directConnection: CreateConnection = ({ host, port }, connected) => {
  const socket = connect({ host, port: port ?? NaN, noDelay: true });
  socket.once('error', connected).once('connect', () => {
    socket.off('error', connected);
    connected(null, socket);
  });
  return undefined;
};
