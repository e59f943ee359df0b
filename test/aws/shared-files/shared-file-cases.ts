/** What reading a setting of a profile comes to. */
export type Reading = { readonly value: string } | 'no value' | 'no profile' | Broken;

/** A file that cannot be parsed, and the line at fault. */
export interface Broken {
  readonly brokenLine: number;
  readonly file: string;
}

/** Files, what is asked of them, and what the AWS CLI answers. */
export interface SharedFileCase {
  readonly config?: string;
  readonly credentials?: string;
  readonly profile?: string;
  readonly setting: string;
  readonly expected: Reading;
}

const IRELAND = { value: 'eu-west-1' } as const;

/** A profile's header in the config file, and the name that reaches it. */
function named(header: string, profile: string): SharedFileCase {
  const config = `[${header}]\nregion = eu-west-1\n`;
  return { config, profile, setting: 'region', expected: IRELAND };
}

/** A header in the config file that is no profile of that name. */
function notNamed(header: string, profile: string): SharedFileCase {
  return { ...named(header, profile), expected: 'no profile' };
}

/** A line in the default profile. */
function line(text: string, setting: string, expected: Reading): SharedFileCase {
  return { config: `[default]\n${text}\n`, setting, expected };
}

function broken(config: string, brokenLine: number): SharedFileCase {
  return { config, setting: 'region', expected: { brokenLine, file: 'config' } };
}

export const NAMES: Readonly<Record<string, SharedFileCase>> = {
  'a plain name': named('profile work', 'work'),
  'a name in single quotes': named("profile 'my dev'", 'my dev'),
  'a name in double quotes': named('profile "my dev"', 'my dev'),
  'a plain name in quotes': named('profile "work"', 'work'),
  'a name with brackets of its own': named("profile 'acme (prod)'", 'acme (prod)'),
  'a name with a quote, as shlex.quote writes it': named(`profile 'it'"'"'s us'`, "it's us"),
  'a name with a backslash before a blank': named(String.raw`profile my\ dev`, 'my dev'),
  'a name beyond ASCII': named('profile größe', 'größe'),
  'two blanks before the name': named('profile  work', 'work'),
  'blanks around the name': named('profile work ', 'work'),
  'the default profile with the word': named('profile default', 'default'),
  'a comment behind the brackets': {
    config: '[profile work] # mine\nregion = eu-west-1\n',
    profile: 'work',
    setting: 'region',
    expected: IRELAND,
  },
  'a name with a comment sign in quotes': named("profile 'a #b'", 'a #b'),
  'two words without quotes': notNamed('profile my dev', 'my dev'),
  'a quote that is not closed': notNamed("profile it's", "it's"),
  'a header without the word': notNamed('work', 'work'),
  'a name in capitals': notNamed('profile Work', 'work'),
  'a name in the credentials file, which is all between the brackets': {
    credentials: '[my dev]\nregion = eu-west-1\n',
    profile: 'my dev',
    setting: 'region',
    expected: IRELAND,
  },
  'quotes in the credentials file, which belong to the name': {
    credentials: "['my dev']\nregion = eu-west-1\n",
    profile: 'my dev',
    setting: 'region',
    expected: 'no profile',
  },
};

export const SETTINGS: Readonly<Record<string, SharedFileCase>> = {
  'a name in capitals': line('AWS_ACCESS_KEY_ID=AK', 'aws_access_key_id', { value: 'AK' }),
  'a colon': line('region: eu-west-1', 'region', IRELAND),
  'an equals sign without blanks': line('region=eu-west-1', 'region', IRELAND),
  'quotes, which belong to the value': line('region = "eu-west-1"', 'region', {
    value: '"eu-west-1"',
  }),
  'a number sign in the value': line(
    'credential_process = /bin/x "a #b" ;c',
    'credential_process',
    {
      value: '/bin/x "a #b" ;c',
    },
  ),
  'an equals sign in the value': line('output = a=b:c', 'output', { value: 'a=b:c' }),
  'a comment between settings': line('# region = x\n ; no\nregion = eu-west-1', 'region', IRELAND),
  'a value on the next line': line('credential_process = /bin/x\n  --more', 'credential_process', {
    value: '/bin/x\n--more',
  }),
  'no value': line('region =', 'region', { value: '' }),
  'a setting that is not there': line('output = json', 'region', 'no value'),
  'settings below a name': line('s3 =\n  addressing_style = path', 's3.addressing_style', {
    value: 'path',
  }),
  'settings of every section': {
    config: '[DEFAULT]\nregion = eu-west-1\n[profile work]\noutput = json\n',
    profile: 'work',
    setting: 'region',
    expected: IRELAND,
  },
  'line ends of Windows': { ...line('region = eu-west-1\r', 'region', IRELAND) },
  'both files: the credentials file counts': {
    config: '[profile work]\nregion = us-east-1\n',
    credentials: '[work]\nregion = eu-west-1\n',
    profile: 'work',
    setting: 'region',
    expected: IRELAND,
  },
  'both files: the config file counts for the rest': {
    config: '[profile work]\nregion = eu-west-1\n',
    credentials: '[work]\naws_access_key_id = AK\n',
    profile: 'work',
    setting: 'region',
    expected: IRELAND,
  },
  'no files at all': { setting: 'region', expected: 'no value' },
};

export const BROKEN: Readonly<Record<string, SharedFileCase>> = {
  'a line in no section': broken('region = eu-west-1\n', 1),
  'a header without its bracket': broken('[default]\nregion = x\n[profile work\n', 3),
  'a line that sets nothing': broken('[default]\n\nregion\n', 3),
  'a value without a name': broken('[default]\n= eu-west-1\n', 2),
  'a section twice': broken('[default]\nregion = x\n[profile a]\n[default]\n', 4),
  'a setting twice, also in other letters': broken('[default]\nregion = x\nREGION = y\n', 3),
  'a byte order mark': broken('\u{feff}[default]\nregion = x\n', 1),
  'the credentials file': {
    config: '[default]\nregion = x\n',
    credentials: '[default]\nAKIDEXAMPLE\n',
    setting: 'region',
    expected: { brokenLine: 2, file: 'credentials' },
  },
};
