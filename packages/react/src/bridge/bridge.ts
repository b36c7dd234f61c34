import type { QueryClient, QueryKey } from '@tanstack/react-query';

import { createChannels, type SyncWishes } from './channels';
import { baseOf, createLayers, type Layers, type OptimisticUpdate } from './layers';
import { createLedger, type Ledger, type LedgerOwner } from './ledger';
import { shareTagged } from './tags';

export type { SyncWishes };

/** What the hooks need of a QueryClient's bridge. */
export interface Bridge {
  /** Lets a topic keep the queries under a key right; returns the undo. */
  sync: ReturnType<typeof createChannels>['sync'];
  /** Something may have changed in the queries under a key: each owes a fetch. */
  markAll: Ledger['markAll'];
  addLayer: (
    queryKey: QueryKey,
    update: (data: unknown) => unknown,
    mutationId?: string,
  ) => OptimisticUpdate;
  /** Another user: synced data and optimistic changes of the last one go. */
  forgetUser: (refetch: boolean) => void;
}

/** One bridge per QueryClient; it outlives the hooks, as the cache does. */
const bridges = new WeakMap<QueryClient, Bridge>();

export function bridgeOf(client: QueryClient): Bridge {
  let bridge = bridges.get(client);
  if (!bridge) bridges.set(client, (bridge = createBridge(client)));
  return bridge;
}

function createBridge(client: QueryClient): Bridge {
  installDefaults(client);
  const owner: LedgerOwner = {
    isSynced: (query) => channels.isSynced(query),
    onLanded: (query, landing) => layers.onLanded(query, landing),
    onForeign: (query, fromServer) => layers.onForeign(query, fromServer),
  };
  const ledger = createLedger(client, owner);
  const layers: Layers = createLayers(client, ledger, (query) => channels.isSynced(query));
  const channels = createChannels(client, ledger, layers);

  return {
    sync: channels.sync,
    markAll: ledger.markAll,
    addLayer: layers.add,
    forgetUser(refetch) {
      layers.forgetAll();
      channels.forgetAll(refetch);
    },
  };
}

/** Lets positions survive structural sharing, and keeps optimistic changes out of dehydration. */
function installDefaults(client: QueryClient): void {
  const { queries, dehydrate, ...rest } = client.getDefaultOptions();
  const sharing = queries?.structuralSharing ?? true;
  const serialize = dehydrate?.serializeData;
  client.setDefaultOptions({
    ...rest,
    queries: { ...queries, structuralSharing: sharing === true ? shareTagged : sharing },
    dehydrate: {
      ...dehydrate,
      serializeData: (data: unknown): unknown => {
        const base = baseOf(data);
        return serialize ? serialize(base) : base;
      },
    },
  });
}
