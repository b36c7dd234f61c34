/** What somebody typed or pasted to add a gift: a name, or a link. */
export type Entry = { kind: 'name'; name: string } | { kind: 'link'; url: string; name: string };

/** Tells a link from a name; a link without http:// is one too. */
export function readEntry(text: string): Entry {
  const trimmed = text.trim();
  const url = asUrl(trimmed);
  return url
    ? { kind: 'link', url: url.href, name: nameFromUrl(url) }
    : { kind: 'name', name: trimmed };
}

function asUrl(text: string): URL | null {
  if (/\s/.test(text)) return null;
  const withScheme = /^https?:\/\//i.test(text);
  const looksLikeHost = /^[\w-]+(\.[\w-]+)*\.[a-z]{2,}(\/\S*)?$/i.test(text);
  if (!withScheme && !looksLikeHost) return null;
  try {
    return new URL(withScheme ? text : `https://${text}`);
  } catch {
    return null;
  }
}

/** A first guess from the most telling part of the path: "lego-castle-10305" → "Lego castle 10305". */
export function nameFromUrl(url: URL): string {
  const host = url.hostname.replace(/^www\./, '');
  const words = url.pathname
    .split('/')
    .map((part) =>
      decode(part)
        .replace(/\.\w{2,5}$/, '')
        .replace(/[-_+]+/g, ' ')
        .trim(),
    )
    .filter((part) => /\p{L}{2}/u.test(part));
  // The longest part with several words is most likely the product's name.
  const best = words.sort((a, b) => b.length - a.length)[0];
  if (!best || !best.includes(' ')) return host;
  return best.charAt(0).toUpperCase() + best.slice(1);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
