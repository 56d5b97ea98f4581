interface Frame {
  readonly node: number;
  readonly targets: readonly { readonly to: number }[];
  next: number;
}

/**
 * The sets of two or more nodes that all reach each other (Tarjan 1972, with its own stack, since
 * a history can be a chain of any length).
 */
export function strongComponents(
  nodes: Iterable<number>,
  outgoing: (node: number) => readonly { readonly to: number }[],
): Set<number>[] {
  const components: Set<number>[] = [];
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const pending: number[] = [];
  const isPending = new Set<number>();

  const enter = (node: number): Frame => {
    order.set(node, order.size);
    low.set(node, order.get(node)!);
    pending.push(node);
    isPending.add(node);
    return { node, targets: outgoing(node), next: 0 };
  };
  const lower = (node: number, value: number): void => {
    low.set(node, Math.min(low.get(node)!, value));
  };
  const leave = (node: number): void => {
    if (low.get(node) !== order.get(node)) return;
    const component = new Set(pending.splice(pending.lastIndexOf(node)));
    for (const member of component) isPending.delete(member);
    if (component.size > 1) components.push(component);
  };

  for (const root of nodes) {
    if (order.has(root)) continue;
    const frames = [enter(root)];
    while (frames.length > 0) {
      const frame = frames.at(-1)!;
      if (frame.next < frame.targets.length) {
        const { to } = frame.targets[frame.next++]!;
        if (!order.has(to)) frames.push(enter(to));
        else if (isPending.has(to)) lower(frame.node, order.get(to)!);
        continue;
      }
      frames.pop();
      leave(frame.node);
      const parent = frames.at(-1);
      if (parent !== undefined) lower(parent.node, low.get(frame.node)!);
    }
  }
  return components;
}
