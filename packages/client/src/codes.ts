// The public contract of @tidings/client/codes: what a close code is called and what follows it.

export { CLOSE_CODES } from './codes.gen';

export type { CloseCodeInfo } from './codes.gen';
