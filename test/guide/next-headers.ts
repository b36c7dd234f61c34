// What the guide's Server Component has of Next.js; the consumers' tests run it in the real one.

/** The cookies of the request. */
export const request = { cookies: '' };

export const cookies = () => Promise.resolve(request.cookies);
