import { defineFailures } from '../lib/errors/failure.ts';
import { CHECK_NETWORK } from './remedies.ts';

const TRUST = 'set AWS_CA_BUNDLE to the path of its file';

/** A host's own certificate. */
export function certificateOf(host: string, issuer: string): string {
  return `The certificate of ${host}, issued by ${issuer},`;
}

/**
 * The certificate of an issuer of the host's certificate, or of an issuer of that.
 *
 * @param subject - its name; undefined for one without a name
 */
export function certificateInChain(
  host: string,
  subject: string | undefined,
  issuer: string,
): string {
  const certificate =
    subject === undefined ? 'A certificate without a name' : `The certificate ${subject}`;
  return `${certificate} in the certificate chain of ${host}, issued by ${issuer},`;
}

/** One of these, when it is not known which. */
export function someCertificate(host: string): string {
  return `A certificate in the certificate chain of ${host}`;
}

/** Failures of a connection to a host. `host` is a name or address; `proxy` has its variable, too. */
export const networkFailures = defineFailures({
  'host-unknown': {
    reason: 'unreachable',
    text: (host: string) => [
      `The host name ${host} does not exist`,
      'Check the region, the endpoint settings and the name servers of this machine',
    ],
  },
  'host-not-resolved': {
    reason: 'unreachable',
    text: (host: string) => [
      `The address of ${host} cannot be found: no name server answers`,
      'Check the network connection of this machine',
    ],
  },
  'connection-refused': {
    reason: 'unreachable',
    text: (host: string) => [
      `${host} refused the connection`,
      'Check the endpoint settings, and that no firewall is in the way',
    ],
  },
  'connection-closed': {
    reason: 'unreachable',
    text: (host: string) => [`${host} closed the connection`, CHECK_NETWORK],
  },
  'no-route': {
    reason: 'unreachable',
    text: (host: string) => [
      `There is no route to ${host}`,
      'Check the network connection and the VPN',
    ],
  },
  'connection-forbidden': {
    reason: 'unreachable',
    text: (host: string) => [
      `This machine does not allow connections to ${host}`,
      'Check its firewall and its security software',
    ],
  },
  'connection-failed': {
    reason: 'unreachable',
    text: (host: string, why: string) => [`${host} cannot be reached: ${why}`, CHECK_NETWORK],
  },
  'connection-timeout': {
    reason: 'timeout',
    text: (host: string, seconds: number) => [
      `${host} did not answer within ${seconds} s`,
      CHECK_NETWORK,
    ],
  },
  'proxy-unreachable': {
    reason: 'proxy',
    text: (proxy: string, why: string) => [
      `The proxy ${proxy} cannot be used: ${why}`,
      'Check its address, or exclude hosts with NO_PROXY',
    ],
  },
  'proxy-timeout': {
    reason: 'timeout',
    text: (proxy: string, seconds: number) => [
      `The proxy ${proxy} did not answer within ${seconds} s`,
      'Check its address, or exclude hosts with NO_PROXY',
    ],
  },
  'proxy-password-missing': {
    reason: 'proxy',
    text: (proxy: string) => [
      `The proxy ${proxy} requires a user and a password`,
      'Add them to its URL: http://USER:PASSWORD@HOST:PORT',
    ],
  },
  'proxy-password-refused': {
    reason: 'proxy',
    text: (proxy: string) => [
      `The proxy ${proxy} did not accept the user and the password in its URL`,
      'Correct them. Write / ? # @ in a password as %2F %3F %23 %40',
    ],
  },
  'proxy-refused': {
    reason: 'proxy',
    text: (proxy: string, destination: string, status: number) => [
      `The proxy ${proxy} refused the connection to ${destination} (HTTP status ${status})`,
      'Ask its administrator to allow this host, or exclude the host with NO_PROXY',
    ],
  },
  'proxy-setting-invalid': {
    reason: 'setting',
    text: (variable: string) => [
      `${variable} is not the URL of a proxy`,
      'Set it to a URL such as http://proxy.example:3128. Write / ? # in a user or password as %2F %3F %23',
    ],
  },
  'proxy-kind-unsupported': {
    reason: 'setting',
    text: (variable: string, kind: string) => [
      `${variable} names a ${kind} proxy, but only http and https proxies can be used`,
      'Set it to a URL that begins with http:// or https://',
    ],
  },
  'certificate-untrusted': {
    reason: 'certificate',
    text: (host: string, issuer: string, root: string, unused: string) => [
      `${certificateOf(host, issuer)} is not trusted${unused}`,
      `Get the certificate of ${root} from the administrator of the network or proxy, and ${TRUST}`,
    ],
  },
  'certificate-issuer-unknown': {
    reason: 'certificate',
    text: (host: string, issuer: string, unknown: string, unused: string) => [
      `${certificateOf(host, issuer)} is not trusted${unused}`,
      `Get the certificate of ${unknown} from the administrator of the network or proxy, and ${TRUST}. If ${unknown} is not a root, the host should send it: ask its operator, or add the root to the file`,
    ],
  },
  'certificate-self-signed': {
    reason: 'certificate',
    text: (host: string, issuer: string, unused: string) => [
      `${certificateOf(host, issuer)} is self-signed and not trusted${unused}`,
      `Get it from the administrator of the network or proxy, and ${TRUST}`,
    ],
  },
  'certificate-expired': {
    reason: 'certificate',
    text: (certificate: string, period: string) => [
      `${certificate} has expired${period}`,
      "Check this machine's clock. If it is right, the operator of the host must renew the certificate",
    ],
  },
  'certificate-not-yet-valid': {
    reason: 'certificate',
    text: (certificate: string, period: string) => [
      `${certificate} is not valid yet${period}`,
      "Check this machine's clock",
    ],
  },
  'certificate-wrong-host': {
    reason: 'certificate',
    text: (host: string, issuer: string, hosts: string) => [
      `${certificateOf(host, issuer)} is for other hosts: ${hosts}`,
      'Check the endpoint settings, and sign in to the network if it has a sign-in page',
    ],
  },
  'certificate-unfit': {
    reason: 'certificate',
    text: (host: string, issuer: string, why: string) => [
      `${certificateOf(host, issuer)} ${why}`,
      'Ask the operator of the host for another certificate',
    ],
  },
  'tls-missing': {
    reason: 'tls',
    text: (host: string) => [
      `${host} does not speak TLS on this port`,
      'Check the endpoint settings, and that no proxy or firewall changes the connection',
    ],
  },
  'tls-too-weak': {
    reason: 'tls',
    text: (host: string) => [
      `${host} offers no secure version of TLS`,
      'This program needs TLS 1.3, or 1.2 with forward secrecy and AES-GCM or ChaCha20. Check that no proxy changes the connection',
    ],
  },
  'tls-failed': {
    reason: 'tls',
    text: (host: string, why: string) => [
      `The secure connection to ${host} could not be set up (${why})`,
      'Check that no proxy or firewall changes the connection',
    ],
  },
  'tls-timeout': {
    reason: 'timeout',
    text: (host: string, seconds: number) => [
      `${host} did not finish the TLS handshake within ${seconds} s`,
      CHECK_NETWORK,
    ],
  },
});
