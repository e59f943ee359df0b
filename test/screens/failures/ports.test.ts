import { account, USUAL_NODES, WEB } from '../support/fleets.ts';
import { testFailures } from '../support/failures/failing.ts';
import { nameServersAnswer } from '../support/failures/name-servers.ts';
import type { Scene } from '../support/scene.ts';

const FORWARD = ['forward', WEB.id, '40001:80'];

/** A session whose local end is a unix socket in the home directory. @param path - as a shell reads it */
function socketAt(path: string, files: Scene['files'] = { '.bashrc': '' }) {
  return {
    args: [
      ...['start-session', '--target', WEB.id],
      ...['--document-name', 'AWS-StartPortForwardingSessionToSocket', '--parameters'],
    ],
    shell: `"host=localhost,portNumber=80,localUnixSocket=${path}"`,
    files,
    target: account(USUAL_NODES),
  };
}

testFailures('ports', {
  'address-of-others': {
    args: FORWARD,
    env: { SSM_PLUGIN_LOCAL_HOST: '192.0.2.1' },
    failure: 'address-not-local',
  },
  'unknown-host': {
    args: FORWARD,
    env: { SSM_PLUGIN_LOCAL_HOST: 'workstation', ...nameServersAnswer('ENOTFOUND') },
    failure: 'listen-host-unknown',
  },
  'socket-in-use': {
    ...socketAt('$HOME/web.sock', { 'web.sock': '' }),
    failure: 'socket-in-use',
  },
  'no-directory': { ...socketAt('$HOME/run/web.sock'), failure: 'socket-directory-missing' },
  'too-long': { ...socketAt('$HOME/$(printf %0120d 0)'), failure: 'socket-path-too-long' },
});
