/** The most characters that a topic's type, and likewise its identifier, may have. */
export const MAX_TOPIC_PART = 128;

const FORM = /^[a-z][a-z0-9-]{0,127}:([A-Za-z0-9._~-]{1,128})$/;

/** Says what is wrong with a topic; undefined when nothing is. */
export function topicProblem(topic: string): string | undefined {
  const id = FORM.exec(topic)?.[1];
  if (!id) return `want type:identifier, at most ${MAX_TOPIC_PART} characters each`;
  return /^(undefined|null|NaN)$/.test(id) ? 'the identifier is missing' : undefined;
}
