import { defaultShouldDehydrateQuery } from '@tanstack/react-query';
import type { DefaultOptions, QueryClient } from '@tanstack/react-query';

import { createChannels, type SyncWishes } from './channels';
import { baseOf, createLayers, type Layers } from './layers';
import { createLedger, type AnyQuery, type Ledger, type LedgerOwner } from './ledger';
import { shareTagged } from './tags';

export type { SyncWishes };

/** What the hooks need of a QueryClient's bridge. */
export interface Bridge {
  /** Lets a topic keep the queries under a key right; returns the undo. */
  sync: ReturnType<typeof createChannels>['sync'];
  /** Something may have changed in the queries under a key: each owes a fetch. */
  markAll: Ledger['markAll'];
  /** Shows a change on top of the server's data. */
  addLayer: Layers['add'];
  /** Another user: synced data and optimistic changes of the last one go. */
  forgetUser: (refetch: boolean) => void;
  /** Sees to it that the client's default options are still the bridge's. */
  install: () => void;
}

/** One bridge per QueryClient; it outlives the hooks, as the cache does. */
const bridges = new WeakMap<QueryClient, Bridge>();

export function bridgeOf(client: QueryClient): Bridge {
  let bridge = bridges.get(client);
  if (!bridge) bridges.set(client, (bridge = createBridge(client)));
  bridge.install();
  return bridge;
}

function createBridge(client: QueryClient): Bridge {
  const owner = {} as LedgerOwner;
  const ledger = createLedger(client, owner);
  const layers = createLayers(client, ledger, owner);
  const channels = createChannels(client, ledger, layers);
  Object.assign(owner, layers, channels);
  let defaults: DefaultOptions | undefined;

  return {
    sync: channels.sync,
    markAll: ledger.markAll,
    addLayer: layers.add,
    forgetUser(refetch) {
      layers.forgetAll();
      channels.forgetAll(refetch);
    },
    install() {
      const now = client.getDefaultOptions();
      if (now !== defaults) client.setDefaultOptions((defaults = extend(now, layers)));
    },
  };
}

/** Lets positions survive structural sharing, and keeps optimistic changes out of dehydration. */
function extend({ queries, dehydrate, ...rest }: DefaultOptions, layers: Layers): DefaultOptions {
  const sharing = queries?.structuralSharing ?? true;
  const { serializeData: serialize, shouldDehydrateQuery: isWanted = defaultShouldDehydrateQuery } =
    dehydrate ?? {};
  /** The query that is being dehydrated: the data alone may be a mere number. */
  let asked: AnyQuery | undefined;
  return {
    ...rest,
    queries: { ...queries, structuralSharing: sharing === true ? shareTagged : sharing },
    dehydrate: {
      ...dehydrate,
      shouldDehydrateQuery: (query) => isWanted((asked = query)),
      serializeData: (data: unknown): unknown => {
        const base = asked && asked.state.data === data ? layers.baseOf(asked, data) : baseOf(data);
        return serialize ? serialize(base) : base;
      },
    },
  };
}
