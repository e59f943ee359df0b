import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program's log in a directory of its own. */
export interface LogDirectory {
  /** The configuration, for SSM_PLUGIN_LOG_CONFIG. */
  readonly configuration: string;
  /** What was logged so far. */
  readonly log: () => string;
  /** The errors among it. */
  readonly errors: () => string;
}

/** Writes a configuration that logs everything there is, with all that a line can show. */
export function logEverything(directory: string): LogDirectory {
  const configuration = join(directory, 'seelog.xml');
  const log = join(directory, 'session-manager-plugin.log');
  const errors = join(directory, 'errors.log');
  writeFileSync(
    configuration,
    `<seelog type="adaptive" minlevel="trace">
  <outputs formatid="all">
    <rollingfile type="size" filename="${log}" maxsize="30000000" maxrolls="5"/>
    <filter levels="error,critical" formatid="all">
      <rollingfile type="size" filename="${errors}" maxsize="10000000" maxrolls="5"/>
    </filter>
  </outputs>
  <formats>
    <format id="all" format="%Date %Time %LEVEL [%FuncShort @ %File.%Line] %Msg%n"/>
  </formats>
</seelog>
`,
  );
  return {
    configuration,
    log: () => readFileSync(log, 'utf8'),
    errors: () => readFileSync(errors, 'utf8'),
  };
}
