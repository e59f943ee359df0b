// What logging needs once there is a configuration file: loaded only then, XML library included.
export { createLogOutputs } from '../log-outputs.ts';
export { readConfiguration } from './read-configuration.ts';
