/**
 * How services refuse a call (IAM User Guide, "Troubleshoot access denied error messages"), with or without
 * the resource and the policy that decided.
 */
const REFUSAL =
  /User: (?<user>\S+) is not authorized(?: to perform: (?<action>[\w:*-]+))?(?: on resource: (?<resource>\S+))?(?<why>.*)$/;
/** EC2 adds a long code that only an administrator can decode. */
const ENCODED = /\.?\s*Encoded authorization failure message:.*$/;

/**
 * Who is not allowed to use which action, as a sentence part: `arn:aws:iam::1:user/jane is not allowed to
 * use ssm:StartSession on …`.
 *
 * @param message - the service's own, safe to show
 * @param caller - the ARN of the caller, where it is known and the message has none
 */
export function deniedText(message: string, action: string, caller?: string): string {
  const { user, resource = '', why = '', ...rest } = REFUSAL.exec(message)?.groups ?? {};
  const who = user ?? caller;
  const subject = who === undefined ? 'these AWS credentials are' : `${who} is`;
  const object = resource === '' ? '' : ` on ${resource}`;
  const quoted = user === undefined ? message : why.replace(ENCODED, '').trim();
  return (
    `${subject} not allowed to use ${rest['action'] ?? action}${object}` +
    (quoted === '' ? '' : ` (${quoted.replace(/^because /, '')})`)
  );
}

/** Whether a text of {@link deniedText} names the caller. */
export function namesCaller(message: string): boolean {
  return REFUSAL.test(message);
}
