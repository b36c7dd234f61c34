import { diagnose, prepare, type Failure } from './diagnose';
import type { ClientState } from './state';

// Bundlers replace the literal `process.env.NODE_ENV`, and so strip what is for development. A page
// without a bundler has no `process`, and is told what production is.
declare const process: { env: { NODE_ENV?: string } };

/** How many attempts fail in a row before production says so: a restart of the server is quicker. */
const SPEAK_AFTER = 3;

/** What has to be known before anything fails; called by each client. */
export function prepareReports(): void {
  try {
    if (process.env.NODE_ENV !== 'production') prepare();
  } catch {
    // See above.
  }
}

/** Says on the console what is wrong: in words in development, by its code in production. */
export function report(client: ClientState, error: Failure['error'], isFinal: boolean): void {
  try {
    if (process.env.NODE_ENV !== 'production') {
      const { settings: options, lastToken, failures } = client;
      return void diagnose({ error, options, lastToken, failures, isFinal });
    }
  } catch {
    // See above.
  }
  if (isFinal || client.failures === SPEAK_AFTER)
    console.error(`[tidings] ${error.code} ${error.closeCode ?? ''} (see the guide)`);
}
