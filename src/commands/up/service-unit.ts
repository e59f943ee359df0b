/** What a service of the user runs. */
export interface Service {
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Undefined when it does not matter. */
  readonly directory: string | undefined;
}

/** Of the service, for systemd and launchd. */
const NAME = 'session-manager-plugin';
const LABEL = 'session-manager-plugin.connections';

/** A unit for the systemd of a user (systemd.service(5), systemd.syntax(7)). */
export function systemdUnit({ command: [program, ...args], env, directory }: Service): string {
  const variables = Object.entries(env).map(
    ([name, value]) => `Environment=${quoted(`${name}=${value}`)}`,
  );
  // In arguments, a dollar sign begins a variable of systemd.
  const words = [quoted(program), ...args.map((arg) => quoted(arg).replaceAll('$', '$$$$'))];
  return [
    `# Save this as ~/.config/systemd/user/${NAME}.service, then run:`,
    '#   systemctl --user daemon-reload',
    `#   systemctl --user enable --now ${NAME}.service`,
    '# So that it also runs while you are not logged in: loginctl enable-linger',
    '[Unit]',
    'Description=Forwarded ports of Session Manager connections',
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${words.join(' ')}`,
    ...variables,
    ...(directory === undefined ? [] : [`WorkingDirectory=${escapeSpecifiers(directory)}`]),
    'Restart=on-failure',
    'RestartSec=10',
    '# The supervisor may have connections of other commands, too. It ends by itself.',
    'KillMode=process',
    '',
    '[Install]',
    'WantedBy=default.target',
    '',
  ].join('\n');
}

/** An agent for the launchd of a user (launchd.plist(5)). */
export function launchdAgent({ command, env, directory }: Service): string {
  const strings = (texts: readonly string[], indent: string): readonly string[] =>
    texts.map((text) => `${indent}<string>${escapeXml(text)}</string>`);
  const variables = Object.entries(env).flatMap(([name, value]) => [
    `    <key>${escapeXml(name)}</key>`,
    ...strings([value], '    '),
  ]);
  const place =
    directory === undefined ? [] : ['  <key>WorkingDirectory</key>', ...strings([directory], '  ')];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    `<!-- Save this as ~/Library/LaunchAgents/${LABEL}.plist, then run:`,
    `     launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/${LABEL}.plist -->`,
    '<plist version="1.0">',
    '<dict>',
    '  <key>Label</key>',
    ...strings([LABEL], '  '),
    '  <key>ProgramArguments</key>',
    '  <array>',
    ...strings(command, '    '),
    '  </array>',
    '  <key>EnvironmentVariables</key>',
    '  <dict>',
    ...variables,
    '  </dict>',
    ...place,
    '  <key>RunAtLoad</key>',
    '  <true/>',
    '  <key>KeepAlive</key>',
    '  <dict>',
    '    <key>SuccessfulExit</key>',
    '    <false/>',
    '  </dict>',
    '  <!-- The supervisor may have connections of other commands, too. It ends by itself. -->',
    '  <key>AbandonProcessGroup</key>',
    '  <true/>',
    '</dict>',
    '</plist>',
    '',
  ].join('\n');
}

/** The command that makes a task for the Task Scheduler of Windows. */
export function scheduledTask({ command }: Service): string {
  const line = command.map((word) => `\\"${word}\\"`).join(' ');
  return `schtasks /create /tn ${NAME} /sc onlogon /tr "${line}"\n`;
}

/** A word in quotes: only backslashes, quotes and line breaks, and the percent sign of a specifier, are special. */
function quoted(word: string): string {
  const escaped = word
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t');
  return `"${escapeSpecifiers(escaped)}"`;
}

function escapeSpecifiers(text: string): string {
  return text.replaceAll('%', '%%');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
