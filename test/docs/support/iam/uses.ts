import type { Use } from '../permissions.ts';

const WEB = 'i-0123456789abcdef0';
export const BASTION = 'i-02468ace13579bdf0';
const MISSING = 'i-0fedcba9876543210';
const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:shop/app';
const PROGRAM = 'session-manager-plugin';

export const shell = use(['shell', WEB], 'exit\n');
export const shellWithAccess = use(
  ['shell', WEB, '--request-access', '--reason', 'ticket 7'],
  'exit\n',
);
export const startedShell = { ...use(['shell', '--start', WEB], 'exit\n'), stopped: WEB };
export const exec = use(['exec', WEB, '--', 'hostname']);
export const cp = use(['cp', '-q', `${WEB}:/proc/version`, '-']);
export const execWithInput = use(['exec', '-i', WEB, '--', 'cat'], 'input');
export const execOnTerminal = use(['exec', '-t', WEB, '--', 'hostname']);
export const forward = use(['forward', WEB, '0:80']);
export const forwardBeyond = use(['forward', WEB, '0:db.internal:5432']);
export const proxy = use(['proxy', WEB, '--exec', '--', 'curl', '-sf', 'http://web.internal/']);
export const forwardDatabase = stopped(use(['db', 'shop', '--local-port', '0']));
export const sshProxy = use(['ssh-proxy', WEB], 'SSH-2.0-client\n');
export const sleep = use(['exec', WEB, '--', 'sleep 600']);
export const ecsSleep = inEcs('sleep 600');
export const execByName = use(['exec', 'ecs://shop/web', '--', 'hostname']);
export const doctor = use(['doctor', WEB]);
export const ecs = inEcs('hostname');
export const completion = use(['__complete', '--', 'start-session', '--document-name']);
export const endsSession: Use = {
  command: [
    ...(['bash', '-c'] as const),
    `coproc ${PROGRAM} shell ${WEB} --quiet; read -r -n 1 <&"\${COPROC[0]}"; ` +
      `${PROGRAM} sessions --terminate "$(${PROGRAM} sessions | cut -f1)"; result=$?; ` +
      'echo exit >&"${COPROC[1]}"; wait; exit $result',
  ],
};

export const fleet = use(['exec', '--targets', WEB, '--', 'hostname; echo apart >&2']);
/** AWS finds nothing about this machine ({@link useWith}). */
export const missingMachine = script(
  `${PROGRAM} exec --targets ${MISSING} -- hostname 2>&1 | grep 'AWS reports nothing about it'`,
);
/** The command makes a file when it runs; its end by SIGTERM has the status 143. */
export const cancelsFleet = script(
  `file=$(mktemp -u); ${PROGRAM} exec --targets ${WEB} -- "touch $file; sleep 600" & ` +
    'until [ -e "$file" ]; do sleep 0.1; done; rm "$file"; kill $!; wait $!; [ $? = 143 ]',
);

/** The database of the account has no TLS. */
export const readsSecret = script(
  'd=$(mktemp -d); echo "#!/bin/sh" > "$d/psql"; chmod +x "$d/psql"; ' +
    `PATH=$d:$PATH ${PROGRAM} db connect shop --secret ${SECRET} 2>&1 | grep 'offers no TLS'; ` +
    'result=$?; rm -r "$d"; exit $result',
);
/** The account has an instance without a password. */
export const readsPassword = script(
  'd=$(mktemp -d); echo "#!/bin/sh" > "$d/xfreerdp"; chmod +x "$d/xfreerdp"; openssl genrsa -out "$d/key" 2048 2>/dev/null; ' +
    `PATH=$d:$PATH ${PROGRAM} rdp ${WEB} --key "$d/key" 2>&1 | grep 'EC2 has no password'; ` +
    'result=$?; rm -r "$d"; exit $result',
);
/** Its ssh only connects, and the target has a host key and EC2 Instance Connect, or a file for keys. */
export const sshWithoutKeys: Use = {
  ...script(`\
d=$(mktemp -d)
cat >"$d/ssh" <<'END'
#!/bin/sh
for word; do case $word in -[VG]) exit ;; ProxyCommand=*) proxy=\${word#*=} ;; esac; done
echo SSH-2.0-client | sh -c "$(printf %s "$proxy" | sed 's/%p/22/;s/%%/%/g')"
END
chmod +x "$d/ssh"
XDG_RUNTIME_DIR=$d PATH=$d:$PATH ${PROGRAM} ssh ec2-user@${WEB}
result=$?
rm -r "$d"
exit $result`),
  targetPrograms: {
    id: 'echo 0',
    sleep: ':',
    sshd: [
      `echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMTd32L1IZUslL+dZC8yzjl5MLfniBZ8o+dN8ktLz8Sn' >"$0.pub"`,
      'echo "hostkey $0"',
      'echo "authorizedkeysfile ${0%/*}/keys"',
      'echo "authorizedkeyscommand /opt/aws/bin/eic_run_authorized_keys %u"',
    ].join('\n'),
  },
};
/** What scripts are for. */
export const SCRIPT_NAMES: ReadonlyMap<Use['command'], readonly string[]> = new Map([
  [endsSession.command, ['sessions --terminate ID']],
  [missingMachine.command, ['exec on a machine that AWS does not find']],
  [readsSecret.command, ['db connect --secret']],
  [readsPassword.command, ['rdp --key']],
  [sshWithoutKeys.command, ['ssh']],
  [cancelsFleet.command, ['exec on many machines, which is terminated']],
]);

export function use(args: readonly string[], input?: string): Use {
  return { command: [PROGRAM, ...args], ...(input === undefined ? {} : { input }) };
}

/** Commands for bash. */
function script(lines: string): Use {
  return { command: ['bash', '-c', lines] };
}

function inEcs(command: string): Use {
  const args = ['--cluster', 'shop', '--task', '0123456789abcdef', '--container', 'app'];
  return {
    command: ['aws', 'ecs', 'execute-command', ...args, '--interactive', '--command', command],
  };
}

export function stopped(one: Use): Use {
  return { ...one, disturbance: 'stop' };
}
