import type { LocalNode } from '../nodes-api.ts';

/** The nodes of the account, which change as machines do. */
export interface NodeList {
  /** Those that the service knows now. */
  readonly nodes: readonly LocalNode[];
  /** Changes a node. */
  change(id: string, changes: Partial<LocalNode>): void;
  /** Replaces a node: the service knows the old one for a while. */
  replace(id: string, next: LocalNode): void;
  /** An instance that has been started takes the next step of its `boot`. */
  bootOn(id: string): void;
}

/** A list of these nodes. */
export function createNodeList(first: readonly LocalNode[]): NodeList {
  const nodes = [...first];
  const put = (id: string, after: (old: LocalNode) => readonly LocalNode[]): void => {
    const at = nodes.findIndex((node) => node.id === id);
    const old = nodes[at];
    if (old === undefined) throw new Error(`no node ${id}`);
    nodes.splice(at, 1, ...after(old));
  };
  const change = (id: string, changes: Partial<LocalNode>): void =>
    put(id, (old) => [{ ...old, ...changes }]);
  return {
    nodes,
    change,
    replace: (id, next) =>
      put(id, (old) => [{ ...old, pingStatus: 'ConnectionLost', connected: false }, next]),
    bootOn(id) {
      const { boot: [step, ...rest] = [], instanceState } =
        nodes.find((node) => node.id === id) ?? {};
      if (step === undefined || instanceState === 'stopped' || instanceState === 'stopping') return;
      change(id, { ...step, boot: rest });
    },
  };
}
