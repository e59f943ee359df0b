import type { IniSection, IniSections } from './parse-ini.ts';
import { splitWords } from './split-words.ts';

/**
 * The settings of a profile or another section. A setting that is indented below another is named
 * by both, like `ssm.endpoint_url`.
 */
export type ConfigSection = Readonly<Record<string, string | undefined>>;

/** The sections of both files, each kind by name. */
export interface SharedSections {
  readonly profiles: ReadonlyMap<string, ConfigSection>;
  readonly ssoSessions: ReadonlyMap<string, ConfigSection>;
  /** The `[services …]` sections. */
  readonly services: ReadonlyMap<string, ConfigSection>;
}

const DEFAULT_SECTION = 'default';

/**
 * Puts the two files together as the AWS CLI does: the config file has profiles, sign-ins and services, named
 * by words in the syntax of a shell; each section of the credentials file is a profile, named by all the text
 * between the brackets, and its settings take precedence over those of the config file (botocore,
 * configloader.py `build_profile_map`, session.py `full_config`).
 */
export function mergeFiles(config: IniSections, credentials: IniSections): SharedSections {
  const profiles = new Map<string, IniSection>();
  const ssoSessions = new Map<string, IniSection>();
  const services = new Map<string, IniSection>();
  const kinds = [
    ['profile', profiles],
    ['sso-session', ssoSessions],
    ['services', services],
  ] as const;
  for (const [header, section] of config) {
    const kind = kinds.find(([prefix]) => header.startsWith(prefix));
    if (kind === undefined) {
      if (header === DEFAULT_SECTION) profiles.set(header, section);
      continue;
    }
    const [, name, ...more] = splitWords(header) ?? [];
    if (name !== undefined && more.length === 0) kind[1].set(name, section);
  }
  for (const [name, section] of credentials) {
    profiles.set(name, new Map([...(profiles.get(name) ?? []), ...section]));
  }
  return {
    profiles: flattenAll(profiles),
    ssoSessions: flattenAll(ssoSessions),
    services: flattenAll(services),
  };
}

function flattenAll(sections: ReadonlyMap<string, IniSection>): Map<string, ConfigSection> {
  return new Map([...sections].map(([name, section]) => [name, flatten(section)]));
}

function flatten(section: IniSection): ConfigSection {
  return Object.fromEntries(
    [...section].flatMap(([name, value]): (readonly [string, string])[] => {
      // A name of a setting has no dot: a dot would mean an indented setting.
      if (typeof value === 'string') return name.includes('.') ? [] : [[name, value]];
      return [...value].map(([inner, text]) => [`${name}.${inner}`, text] as const);
    }),
  );
}
