import type { QueryClient } from '@tanstack/query-core';

import type { AnyMutation } from './contracts';
import { watchOnMutate } from './internals';
import type { Layer } from './stacks';

/** Whose changes are: a change belongs to the mutation that made it, or to nobody. */
export interface Owners {
  /**
   * A change is made, and the app holds it. It belongs to the mutation whose `onMutate` is on the
   * call stack, or to the last whose `onMutate` waits for something.
   */
  register: (change: object, layer: Layer) => void;
}

/** @param onEnd - A mutation has ended: so do its changes. */
export function createOwners(
  client: QueryClient,
  onEnd: (mutation: AnyMutation, isAccepted: boolean) => void,
): Owners {
  const layers = new WeakMap<object, Layer>();
  /** The mutations whose `onMutate` waits for something, and what was changed meanwhile. */
  const waiting = new Map<AnyMutation, Layer[]>();
  /** The mutation whose `onMutate` is on the call stack. */
  let onStack: AnyMutation | undefined;
  const mutations = client.getMutationCache();
  // The first change of a page may be made by an onMutate that nobody has seen begin.
  for (const mutation of mutations.getAll()) {
    const { onMutate = mutations.config.onMutate } = mutation.options;
    const { status, context } = mutation.state;
    if (onMutate && status === 'pending' && context === undefined) waiting.set(mutation, []);
  }

  /** The changes that a context holds: itself, its members, and what those list. */
  function changesIn(context: unknown): Layer[] {
    const members = Object.values(context ?? {}).flat() as object[];
    return [context as object, ...members].flatMap((each) => layers.get(each) ?? []);
  }

  /** A context that returns changes means these: what else was made meanwhile is nobody's. */
  function onPrepared(mutation: AnyMutation, context: unknown): void {
    const claimed = changesIn(context);
    const made = waiting.get(mutation) ?? [];
    waiting.delete(mutation);
    if (!claimed.length) return;
    for (const layer of made) if (!claimed.includes(layer)) layer.owner = undefined;
  }

  const watch = watchOnMutate(mutations, (mutation, onMutate) => {
    const before = onStack;
    onStack = mutation;
    waiting.set(mutation, []);
    try {
      const context = onMutate();
      void Promise.resolve(context).then(
        (it) => onPrepared(mutation, it),
        () => onPrepared(mutation, undefined),
      );
      return context;
    } finally {
      onStack = before;
    }
  });

  mutations.subscribe((event) => {
    if (event.type !== 'updated') return;
    const mutation = event.mutation as AnyMutation;
    const { type } = event.action;
    if (type === 'pending') watch(mutation);
    else waiting.delete(mutation);
    for (const layer of changesIn(mutation.state.context)) layer.owner = mutation;
    if (type === 'success' || type === 'error') onEnd(mutation, type === 'success');
  });

  return {
    register(change, layer) {
      layers.set(change, layer);
      const last = [...waiting].at(-1);
      layer.owner = onStack ?? last?.[0];
      if (!onStack) last?.[1].push(layer);
    },
  };
}
