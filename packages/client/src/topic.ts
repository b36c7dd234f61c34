/** The most characters that a topic's type, and likewise its identifier, may have. */
export const MAX_TOPIC_PART = 128;

/** A type and an identifier, which is not what a template makes of a value that is missing. */
const FORM = /^[a-z][a-z0-9-]{0,127}:(?!(undefined|null|NaN)$)[\w.~-]{1,128}$/;

// Bundlers replace the literal `process.env.NODE_ENV`.
declare const process: { env: { NODE_ENV?: string } };

/** Says what is wrong with a topic; undefined when nothing is. In production, that something is. */
export function topicProblem(topic: string): string | undefined {
  if (FORM.test(topic)) return undefined;
  try {
    if (process.env.NODE_ENV !== 'production')
      return /:(undefined|null|NaN)$/.test(topic)
        ? 'the identifier is missing'
        : `want type:identifier, at most ${MAX_TOPIC_PART} characters each`;
  } catch {
    // A page without a bundler: as in production.
  }
  return 'malformed';
}
