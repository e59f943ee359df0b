import type { EcsPlace } from '../../aws/ecs.ts';

/** How the name of a container begins. */
const CONTAINER_SCHEME = 'ecs://';

/**
 * `ecs://CLUSTER/SERVICE/TASK:CONTAINER`, without the last parts or all of them. The service may be empty before a task.
 * ECS allows these characters in names (ECS API, `CreateCluster`, `CreateService`, `ContainerDefinition`).
 */
const NAME =
  /^ecs:\/\/(?:(?<cluster>[\w-]+)(?:\/(?<service>[\w-]*)(?:\/(?<task>[\w-]+))?)?)?(?::(?<container>[\w-]+))?$/;

/** The parts of a container's name; those that were left out are undefined. */
export interface ContainerName {
  readonly cluster: string | undefined;
  readonly service: string | undefined;
  /** An id, or its beginning. */
  readonly task: string | undefined;
  readonly container: string | undefined;
}

/** Whether a command's TARGET is meant as the name of a container, and as nothing else. */
export function isContainerName(text: string): boolean {
  return text.startsWith(CONTAINER_SCHEME);
}

/** Reads the name of a container; undefined when it is none. */
export function parseContainerName(text: string): ContainerName | undefined {
  const groups = NAME.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const part = (name: string): string | undefined => {
    const value = groups[name];
    return value === '' ? undefined : value;
  };
  return {
    cluster: part('cluster'),
    service: part('service'),
    task: part('task'),
    container: part('container'),
  };
}

/** The name of a container, or of what it is in: without the last parts. @param service - empty for a task without one */
export function containerName({
  cluster,
  service,
  task,
  container,
}: Pick<EcsPlace, 'cluster'> & Partial<EcsPlace & { readonly service: string }>): string {
  const place = [cluster, service, task].filter((part) => part !== undefined).join('/');
  return `${CONTAINER_SCHEME}${place}${container === undefined ? '' : `:${container}`}`;
}
