// The public contract of @tidings/query, for those who write a binding. What is not named here is
// internal.

export { bridgeOf, changeUser, expectUser, extendBridges } from './bridge';
export { OFF, onTopicStatus, statusOf, syncTopic } from './channels';
export { layersOf, newMutationId } from './layers';
export { hasOtherCopy, wordsOf } from './mistakes';
export { DEFAULT_POLL_INTERVAL_MS, pollerOf } from './poller';
export { baseOf } from './stacks';

export type { BridgeRef, QueryCore, SyncWishes, TopicState, TopicStatus } from './contracts';
export type { Layers, LayersCore, OptimisticUpdate } from './layers';
export type { Mistake } from './mistakes';
export type { Poller, PollerCore } from './poller';
