// What the document calls its types is what the package calls them.
import type { WSConnectionState, WSEvent } from '@tidings/react';

import { useRealtimeSync } from '@/hooks/useRealtimeSync';

import type { WSEvent as PastedEvent } from './pasted/event';
import type { UseRealtimeSyncOptions } from './pasted/options';
import type { WSConnectionState as PastedState } from './pasted/state';

export const eventOf = (event: WSEvent<string>): PastedEvent<string> => event;
export const stateOf = (state: WSConnectionState): PastedState => state;
export const stateFor = (state: PastedState): WSConnectionState => state;
export const useOptions = (options: UseRealtimeSyncOptions) => useRealtimeSync(options);
