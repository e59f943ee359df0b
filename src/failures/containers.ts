import { defineFailures } from '../lib/errors/failure.ts';
import { quoteForShell } from '../lib/quote-for-shell.ts';

const LIST_CONTAINERS = 'To list the containers, run `session-manager-plugin targets --ecs`';

/** Failures of a target `ecs://…` before a session starts. */
export const containerFailures = defineFailures({
  'container-name-invalid': {
    reason: 'input',
    text: (text: string) => [
      `"${text}" is not the name of an ECS container`,
      `Write ecs://CLUSTER/SERVICE/TASK:CONTAINER, without the parts that you want to pick. ${LIST_CONTAINERS}`,
    ],
  },
  'container-unknown': {
    reason: 'input',
    text: (what: string, nearest: string | undefined) => [
      `There is no ${what}`,
      nearest === undefined ? LIST_CONTAINERS : `Did you mean ${nearest}?`,
    ],
  },
  'containers-none': {
    reason: 'input',
    text: (place: string) => [
      `No task runs in ${place}`,
      `Check the name, --region and --profile. ${LIST_CONTAINERS}`,
    ],
  },
  'container-ambiguous': {
    reason: 'input',
    text: (text: string, what: string, names: readonly string[]) => [
      `"${text}" is the name of ${what}`,
      ['Pass the whole name of one:', ...names.map((name) => `  ${name}`)].join('\n'),
    ],
  },
  'container-stopped': {
    reason: 'input',
    text: (cluster: string, task: string, status: string, why: string) => [
      `The task ${task} does not run: its status is ${status}${why === '' ? '' : ` (${why})`}`,
      `To list those that run, run \`session-manager-plugin targets --ecs ${quoteForShell(cluster)}\``,
    ],
  },
  'container-exec-disabled': {
    reason: 'input',
    text: (task: string, restart: string) => [
      `ECS Exec is not enabled for the task ${task}`,
      `It is enabled when a task starts. To start another one with ECS Exec, run \`${restart}\``,
    ],
  },
  'container-agent-stopped': {
    reason: 'input',
    text: (cluster: string, task: string, container: string, status: string, why: string) => [
      `The agent of ECS Exec in the container ${container} does not run: ${status === '' ? 'there is none' : `its status is ${status}`}${why === '' ? '' : ` (${why})`}`,
      `If the task has just started, add --wait. If not, its task role needs the permission ssmmessages:*, and its network a route to Systems Manager. To see its state, run \`aws ecs describe-tasks --cluster ${quoteForShell(cluster)} --tasks ${quoteForShell(task)} --query "tasks[].containers[].managedAgents"\``,
    ],
  },
});
