// The part of logging, with the XML library, that is loaded only when there is a configuration file.
export { createLogOutputs } from '../log-outputs.ts';
export { readConfiguration } from './read-configuration.ts';
