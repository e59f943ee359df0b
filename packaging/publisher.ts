import { BuildError } from '../build/runtime/build-error.mjs';

/** Who publishes the packages, as their users see it. */
export interface Publisher {
  /** `Name <address>`, as packages of Debian and rpm contain it. */
  readonly maintainer: string;
  /** URL of the page about the product. */
  readonly homepage: string;
  /** URL of the published directory, with `latest/` and a directory for each version; no slash at its end. */
  readonly downloads: string;
}

const MAINTAINER_VARIABLE = 'SSM_PACKAGE_MAINTAINER';
const HOMEPAGE_VARIABLE = 'SSM_PACKAGE_HOMEPAGE';
const DOWNLOADS_VARIABLE = 'SSM_PACKAGE_DOWNLOADS';

/** A domain that never exists (RFC 2606, section 2): there is no address to write to, and no page. */
const NO_DOMAIN = 'session-manager-plugin.invalid';

/** The publisher of a build without one. */
export const NO_PUBLISHER: Publisher = {
  maintainer: `The session-manager-plugin authors <authors@${NO_DOMAIN}>`,
  homepage: `https://${NO_DOMAIN}/`,
  downloads: `https://${NO_DOMAIN}/plugin`,
};

/** A name and an address, in one line (Debian Policy 5.6.2). */
const MAINTAINER = /^(?<name>[^<>,\p{Cc}]*[^<>,\s\p{Cc}]) <[^<>@\s]+@[^<>@\s]+>$/u;
const HOMEPAGE = /^https?:\/\/[^\s<>"]+$/;
/** Only characters that mean nothing to a shell, because scripts and manifests contain it (RFC 3986, section 2.3). */
const DOWNLOADS = /^https:\/\/[\w.~:-]+(?:\/[\w.~-]+)*$/;

/**
 * Reads who publishes the packages from the environment: `SSM_PACKAGE_MAINTAINER`, `SSM_PACKAGE_HOMEPAGE` and
 * `SSM_PACKAGE_DOWNLOADS`. Empty is unset.
 *
 * @throws BuildError when the form of one is wrong
 */
export function readPublisher(env: Readonly<Record<string, string | undefined>>): Publisher {
  const valueOf = (name: string, unset: string): string => {
    const value = env[name] ?? '';
    return value === '' ? unset : value;
  };
  const maintainer = valueOf(MAINTAINER_VARIABLE, NO_PUBLISHER.maintainer);
  const homepage = valueOf(HOMEPAGE_VARIABLE, NO_PUBLISHER.homepage);
  if (!MAINTAINER.test(maintainer)) {
    throw new BuildError(
      `${MAINTAINER_VARIABLE} is "${maintainer}": set a name and an address, such as "Ada Doe <ada@example.com>"`,
    );
  }
  if (!HOMEPAGE.test(homepage)) {
    throw new BuildError(
      `${HOMEPAGE_VARIABLE} is "${homepage}": set a URL that begins with https://`,
    );
  }
  const downloads = valueOf(DOWNLOADS_VARIABLE, NO_PUBLISHER.downloads);
  if (!DOWNLOADS.test(downloads)) {
    throw new BuildError(
      `${DOWNLOADS_VARIABLE} is "${downloads}": set a URL that begins with https:// and does not end with a slash, such as "https://example.com/plugin"`,
    );
  }
  return { maintainer, homepage, downloads };
}

/** The name of the maintainer, without the address. */
export function vendorOf({ maintainer }: Publisher): string {
  return MAINTAINER.exec(maintainer)?.groups?.['name'] ?? maintainer;
}

/** Describes in one line whom packages name. */
export function describePublisher(publisher: Publisher): string {
  const unset = [
    ...(publisher.maintainer === NO_PUBLISHER.maintainer ? [MAINTAINER_VARIABLE] : []),
    ...(publisher.homepage === NO_PUBLISHER.homepage ? [HOMEPAGE_VARIABLE] : []),
    ...(publisher.downloads === NO_PUBLISHER.downloads ? [DOWNLOADS_VARIABLE] : []),
  ];
  const described = `packages are of ${publisher.maintainer}, ${publisher.homepage}, published at ${publisher.downloads}`;
  return unset.length === 0 ? described : `${described}: ${unset.join(', ')} not set`;
}
