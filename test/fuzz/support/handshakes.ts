function request(...actions: readonly object[]): object {
  return { AgentVersion: '3.3.0.0', RequestedClientActions: actions };
}

function sessionType(name: string, properties: object | null): object {
  return {
    ActionType: 'SessionType',
    ActionParameters: { SessionType: name, Properties: properties },
  };
}

const KMS = {
  ActionType: 'KMSEncryption',
  ActionParameters: { KMSKeyId: 'alias/sessions', Challenge: 'Y2hhbGxlbmdl' },
};

const PORT = {
  portNumber: '22',
  localPortNumber: '0',
  localUnixSocket: '',
  localConnectionType: '',
  type: 'LocalPortForwarding',
  host: '',
};

/** Requests as agents send them, to be damaged. */
export const REQUESTS = [
  request(sessionType('Standard_Stream', null), KMS),
  request(sessionType('InteractiveCommands', {}), KMS),
  request(sessionType('NonInteractiveCommands', { separateOutputStream: 'true' })),
  request(sessionType('Port', PORT)),
  request(sessionType('Port', { portNumber: '22', type: 'Ssh' })),
] as const;

/** Completions as agents send them. */
export const COMPLETIONS = [
  { HandshakeTimeToComplete: 123_456_789, CustomerMessage: '' },
  { HandshakeTimeToComplete: 0, CustomerMessage: 'This session is encrypted using AWS KMS.' },
] as const;
