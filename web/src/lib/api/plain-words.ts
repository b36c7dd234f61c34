type Rule = [RegExp, (...found: string[]) => string];

/** What a schema asks for, and what a person is told. The first that fits counts. */
const RULES: readonly Rule[] = [
  [/^expected number >= (.+)$/, (least) => `At least ${least}, please.`],
  [/^expected number <= (.+)$/, (most) => `At most ${most}, please.`],
  [/^expected number > (.+)$/, (bound) => `More than ${bound}, please.`],
  [/^expected number < (.+)$/, (bound) => `Less than ${bound}, please.`],
  [/^expected (array )?length >= 1$/, () => 'This must not be empty.'],
  [/^expected length >= (\d+)$/, (least) => `At least ${least} characters, please.`],
  [/^expected length <= (\d+)$/, (most) => `At most ${most} characters, please.`],
  [/^expected array length >= (\d+)$/, (least) => `At least ${least} of them, please.`],
  [/^expected array length <= (\d+)$/, (most) => `At most ${most} of them, please.`],
  [/^expected array items to be unique$/, () => 'Something is in it twice.'],
  [/^expected (an )?integer\b/, () => 'A whole number, please.'],
  [/^expected number\b/, () => 'A number, please.'],
  [/^expected string to be RFC 3339 date-time$/, () => 'A date and a time, please.'],
  [/^expected string to be RFC 3339 date$/, () => 'A date, please.'],
  [/^expected string to be RFC 3986 uri\b/, () => 'A link, please, such as https://example.org.'],
  [/^expected value to be one of "(.+)"$/, (choices) => `One of these, please: ${choices}.`],
  [/^expected string to match pattern\b/, () => 'This is not written as it should be.'],
  [/^expected string to be (an? .+)$/, (what) => `This must be ${what}.`],
  [/^expected required property\b/, () => 'This is missing.'],
  [/^expected a value, not null$/, () => 'This must not be empty.'],
];

/** A message of the server's validator in words that need no schema; any other as it is. */
export function inPlainWords(message: string): string {
  for (const [pattern, tell] of RULES) {
    const found = pattern.exec(message);
    if (found) return tell(...found.slice(1));
  }
  return message;
}
