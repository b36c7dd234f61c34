// The public contract of @tidings/client. What is not named here is internal.

export { createClient } from './client';
export {
  AuthError,
  ConnectionError,
  SubscriptionError,
  TidingsError,
  isTidingsError,
} from './errors';
export { guard } from './guard';
export { DEFAULT_OPTIONS } from './options';
export {
  covers,
  moveTags,
  onTag,
  parsePositionHeader,
  positionsOf,
  tagPosition,
} from './positions';
export { topicProblem } from './topic';

export type { TidingsClient } from './client';
export type { ErrorCode, Reconnect } from './codes.gen';
export type { TokenRefusal, TokenRequest, WebSocketOptions } from './options';
export type { SubscribeOptions } from './entries';
export type { ConnectionStatus } from './state';
export type {
  AnswerCause,
  PayloadOf,
  Position,
  PresenceMessage,
  SignalMessage,
  SignalOptions,
  TopicAnswer,
  TopicMessage,
  TopicPayloads,
  TopicPosition,
  WSConnectionState,
  WSEvent,
  WSEventType,
} from './types';
