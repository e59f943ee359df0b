import { containerFailures } from '../../failures/containers.ts';
import type { Failure } from '../../lib/errors/failure.ts';
import { printable } from '../../lib/printable.ts';
import { quoteForShell } from '../../lib/quote-for-shell.ts';
import { execState, type TaskContainer } from './running-container.ts';

/** Why no session with a container can start; undefined when one can. */
export function execFailure(one: TaskContainer): Failure<'input'> | undefined {
  const { task, container } = one;
  const cluster = printable(task.cluster);
  const id = printable(task.id);
  switch (execState(one)) {
    case 'ready':
      return undefined;
    case 'task-stopped': {
      const [status, why] = [task.status, task.stoppedReason].map(printable);
      return containerFailures['container-stopped'](cluster, id, status ?? '', why ?? '');
    }
    case 'disabled':
      return containerFailures['container-exec-disabled'](id, restartCommand(one));
    case 'agent-stopped': {
      const [name = '', status = '', why = ''] = [
        container.name,
        container.agentStatus,
        container.agentReason,
      ].map(printable);
      return containerFailures['container-agent-stopped'](cluster, id, name, status, why);
    }
  }
}

function restartCommand({ task: { cluster, service, definition } }: TaskContainer): string {
  const [inCluster, inService, ofDefinition] = [cluster, service, definition]
    .map(printable)
    .map(quoteForShell);
  return service === ''
    ? `aws ecs run-task --cluster ${inCluster} --task-definition ${ofDefinition} --enable-execute-command`
    : `aws ecs update-service --cluster ${inCluster} --service ${inService} --enable-execute-command --force-new-deployment`;
}
