/** As many tags as the server keeps per field. */
export const MAX_TAGS = 50;

/** Characters in one tag. */
export const MAX_TAG_LENGTH = 200;

/** What separates tags in typed or pasted text. */
export const TAG_SEPARATORS = /[,;\n]/;

/**
 * The tags with those in `text` added: trimmed, without empty ones, without
 * what is there already in any case, up to the limit.
 */
export function addTags(tags: readonly string[], text: string): string[] {
  const next = [...tags];
  for (const part of text.split(TAG_SEPARATORS)) {
    const tag = part.trim().replace(/\s+/g, ' ').slice(0, MAX_TAG_LENGTH);
    const known = next.some((other) => other.toLowerCase() === tag.toLowerCase());
    if (tag !== '' && !known && next.length < MAX_TAGS) next.push(tag);
  }
  return next;
}
