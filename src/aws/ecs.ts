/** The Elastic Container Service. Each call rejects with an `AwsError` only. */
export interface EcsCalls {
  /** Names of the clusters of the region. */
  ecsClusters(): Promise<readonly string[]>;
  /**
   * The tasks of a cluster that are to run.
   *
   * @param service - only those of this service; undefined for all
   */
  ecsTasks(cluster: string, service?: string): Promise<readonly EcsTask[]>;
  /** The task with an id; undefined when there is none. One that has stopped is known for an hour. */
  ecsTask(cluster: string, id: string): Promise<EcsTask | undefined>;
}

/** A container, as ExecuteCommand names it. */
export interface EcsPlace {
  readonly cluster: string;
  readonly task: string;
  readonly container: string;
}

/** What StartSession takes for a container (docs/design/protocol.md#amazon-ecs). The name of a cluster may have underscores. */
const CONTAINER_ID = /^ecs:(.+)_([^_]+)_([^_]+)$/;

/** The parts of the id of a container. */
export interface ContainerId {
  readonly cluster: string;
  readonly task: string;
  readonly runtimeId: string;
}

/** `ecs:CLUSTER_TASK_RUNTIME`. */
export function containerId({ cluster, task, runtimeId }: ContainerId): string {
  return `ecs:${cluster}_${task}_${runtimeId}`;
}

/** Reads the id of a container; undefined when it is none. */
export function readContainerId(id: string): ContainerId | undefined {
  const [, cluster, task, runtimeId] = CONTAINER_ID.exec(id) ?? [];
  return cluster === undefined || task === undefined || runtimeId === undefined
    ? undefined
    : { cluster, task, runtimeId };
}

/** A task as the service describes it. */
export interface EcsTask {
  readonly cluster: string;
  /** Empty for a task that no service has started. */
  readonly service: string;
  readonly id: string;
  /** Its task definition, such as `web:3`. */
  readonly definition: string;
  /** Such as `RUNNING`. */
  readonly status: string;
  /** Milliseconds since the epoch; undefined before it has started. */
  readonly startedAt: number | undefined;
  /** Why it has stopped, in the words of the service; empty without one. */
  readonly stoppedReason: string;
  /** Whether it was started with `enableExecuteCommand`. */
  readonly isExecEnabled: boolean;
  readonly containers: readonly EcsContainer[];
}

/** A container of a task. */
export interface EcsContainer {
  readonly name: string;
  readonly image: string;
  /** Such as `RUNNING`. */
  readonly status: string;
  /** Empty before it has started. */
  readonly runtimeId: string;
  /** The state of the agent that opens sessions, such as `RUNNING`; empty without one. */
  readonly agentStatus: string;
  /** Why the agent has stopped, in the words of the service; empty without one. */
  readonly agentReason: string;
}
