/** The most characters that a topic's type, and likewise its identifier, may have. */
export const MAX_TOPIC_PART = 128;

const FORM = /^([a-z][a-z0-9-]*):([A-Za-z0-9._~-]+)$/;

/** Says what is wrong with a topic; undefined when nothing is. */
export function topicProblem(topic: string): string | undefined {
  const [, type = '', id = ''] = FORM.exec(topic) ?? [];
  if (!type) return 'want "{resource-type}:{identifier}", e.g. "list-items:123"';
  if (type.length > MAX_TOPIC_PART || id.length > MAX_TOPIC_PART) {
    return `type and identifier may have ${MAX_TOPIC_PART} characters each`;
  }
  if (/^(undefined|null|NaN)$/.test(id)) {
    return `the identifier is ${id}: wait until the id is known (enabled: Boolean(id))`;
  }
  return undefined;
}
