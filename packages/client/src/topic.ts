/** The most characters that a topic's type, and likewise its identifier, may have. */
export const MAX_TOPIC_PART = 128;

const FORM = /^[a-z][a-z0-9-]{0,127}:([A-Za-z0-9._~-]{1,128})$/;

// Bundlers replace the literal `process.env.NODE_ENV`.
declare const process: { env: { NODE_ENV?: string } };

/** Says what is wrong with a topic; undefined when nothing is. In production, that something is. */
export function topicProblem(topic: string): string | undefined {
  const id = FORM.exec(topic)?.[1];
  if (id && !/^(undefined|null|NaN)$/.test(id)) return undefined;
  try {
    if (process.env.NODE_ENV !== 'production')
      return id
        ? 'the identifier is missing'
        : `want type:identifier, at most ${MAX_TOPIC_PART} characters each`;
  } catch {
    // A page without a bundler: as in production.
  }
  return 'malformed';
}
