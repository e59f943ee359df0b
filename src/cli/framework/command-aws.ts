import { credentialFailures } from '../../failures/credentials.ts';
import { asInput } from '../../lib/errors/failure.ts';
import type { CredentialsSource } from '../../aws/credentials/credentials.ts';
import type { UserPrompt } from '../../aws/credentials/sign-in/user-prompt.ts';
import type { Aws, SessionRequest } from '../../aws/aws.ts';
import type { AwsError } from '../../aws/sdk/aws-error.ts';
import type { RunAws } from '../../aws/session-aws.ts';
import { readSharedConfig, type SharedConfig } from '../../aws/shared-config.ts';
import type { GivenAccess, SessionAccess } from '../access/session-access.ts';
import {
  CommandError,
  type CommandAws,
  type CommandContext,
  type CommonOptions,
} from './command-context.ts';
import { checkNamedProfile } from './named-profile.ts';
import { findRegion } from './region.ts';

/** Finds credentials that are used in place of those of the options. */
type FindCredentials = () => Promise<CredentialsSource | undefined>;

/**
 * @param context - the context of the command; it is read when a part is first asked for
 * @param findCredentials - undefined for those of the options
 */
export function createCommandAws(
  context: () => CommandContext,
  findCredentials?: FindCredentials,
): CommandAws {
  const sharedConfig = once(() => readConfig(context()));
  const region = once(async () => {
    const { options, env } = context();
    await checkNamedProfile(options, env, sharedConfig);
    return findRegion(options, env, sharedConfig);
  });
  const run = once(async () => createRun(context(), await region(), await findCredentials?.()));
  const guarded = (aws: Aws): Aws => context().sessions.guard.guard(aws);
  const createAccess = async (options: GivenAccess): Promise<SessionAccess> => {
    const { createSessionAccess } = await import('../access/session-access.ts');
    const name = await region();
    return createSessionAccess(context(), options, await run(), (credentials) =>
      createRun(context(), name, credentials),
    );
  };
  let access = once(async () => {
    const { access: options } = context().options;
    const isGiven = options !== undefined && options.kind !== 'offered';
    return isGiven ? createAccess(options) : undefined;
  });
  /** Sessions of a command may be refused at the same time. */
  let offer: Promise<void> | undefined;
  const offerAccess = async (request: SessionRequest, error: AwsError): Promise<void> => {
    const { waitMs = 0 } = context().options.access ?? {};
    const { offerAccess: ask } = await import('../access/offer-access.ts');
    const reason = await ask(context(), (await run()).aws, request, error);
    const accepted = await createAccess({ kind: 'requested', waitMs, reason });
    access = () => Promise.resolve(accepted);
  };
  const ofSessions = async (): Promise<RunAws> => (await access())?.run ?? run();
  let known: { readonly own: Aws; readonly guarded: Aws } | undefined;
  const calls = async (): Promise<Aws> => {
    const { aws: own } = await ofSessions();
    if (known?.own !== own) known = { own, guarded: guarded(own) };
    return known.guarded;
  };
  return {
    sharedConfig,
    region,
    options: async () => (await ofSessions()).options,
    calls,
    prepareAccess: async (request) => (await access())?.prepare(request),
    async offerAccess(request, error) {
      // A session with it was refused.
      if ((await access()) !== undefined) throw error;
      await (offer ??= offerAccess(request, error));
    },
    accessId: async () => (await access())?.requestId(),
    async inRegion(name) {
      const { aws, options } = await createRun(context(), name);
      return { aws: guarded(aws), options };
    },
  };
}

/**
 * The context of a command with other options, which its calls to AWS use, too.
 *
 * @param findCredentials - undefined for those of the options
 */
export function withOptions(
  context: CommandContext,
  options: Partial<CommonOptions>,
  findCredentials?: FindCredentials,
): CommandContext {
  const derived: CommandContext = {
    ...context,
    options: { ...context.options, ...options },
    aws: createCommandAws(() => derived, findCredentials),
  };
  return derived;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

async function createRun(
  context: CommandContext,
  region: string,
  credentials?: CredentialsSource,
): Promise<RunAws> {
  const { env, platform, logger, clock } = context;
  const { profile, endpointUrl: endpoint } = context.options;
  const findUserPrompt = async (): Promise<UserPrompt | undefined> => {
    const { findTerminalPrompt } = await import('../prompt/terminal-prompt.ts');
    return findTerminalPrompt(context);
  };
  const { createRunAws } = await import('../../aws/session-aws.ts');
  const options = { region, profile, endpoint, env, platform, logger, clock, findUserPrompt };
  return createRunAws({ ...options, reportWait: context.waits.report }, credentials);
}

/**
 * Reads the shared AWS files. When one of them cannot be parsed, the command fails, as in the AWS CLI: the
 * unread part may name the intended account.
 *
 * @throws CommandError that names the file and the line
 */
async function readConfig({ options, env, logger }: CommandContext): Promise<SharedConfig> {
  const config = await readSharedConfig(options.profile, env, logger);
  if (config.fault !== undefined)
    throw new CommandError(asInput(credentialFailures['aws-file-unreadable'](config.fault)));
  return config;
}
