import { programCommand } from '../../cli/background/program-command.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { launchdAgent, scheduledTask, systemdUnit, type Service } from './service-unit.ts';

/** Variables that a service needs, because it does not start in a shell. Keys are not among them. */
const PASSED_VARIABLES = [
  'PATH',
  'XDG_CONFIG_HOME',
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_CA_BUNDLE',
  'SSM_PLUGIN_LOCAL_HOST',
] as const;
/** Their values may contain a password: then they are left out. */
const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'] as const;
const KEY_VARIABLE = 'AWS_ACCESS_KEY_ID';

/**
 * Prints what makes the service manager of the system start these connections when the user logs in.
 *
 * @param operands - names of connections and options of `up`
 * @param directory - where the file of a project was found; undefined when none is used
 */
export async function printService(
  context: CommandContext,
  operands: readonly string[],
  directory: string | undefined,
): Promise<void> {
  const { env, options, output, platform } = context;
  const chosen = [
    ...(options.profile === '' ? [] : ['--profile', options.profile]),
    ...(options.region === '' ? [] : ['--region', options.region]),
    ...(options.endpointUrl === '' ? [] : ['--endpoint-url', options.endpointUrl]),
  ];
  const service: Service = {
    command: [...programCommand(), 'up', ...operands, ...chosen],
    env: variablesOf(env),
    directory,
  };
  await output.print(textFor(platform, service));
  if ((env[KEY_VARIABLE] ?? '') !== '') {
    output.notify('The keys in your environment are not part of it: use a profile.');
  }
}

function textFor(platform: NodeJS.Platform, service: Service): string {
  switch (platform) {
    case 'win32':
      return scheduledTask(service);
    case 'darwin':
      return launchdAgent(service);
    default:
      return systemdUnit(service);
  }
}

function variablesOf(env: CommandContext['env']): Readonly<Record<string, string>> {
  const hasPassword = (value: string): boolean => value.includes('@');
  const entries = [...PASSED_VARIABLES, ...PROXY_VARIABLES].flatMap((name) => {
    const value = env[name] ?? '';
    const isLeftOut = value === '' || (name.toLowerCase().endsWith('_proxy') && hasPassword(value));
    return isLeftOut ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}
