// For bundlers that keep to the condition `module`, Vite among them: it replaces this very spelling.
// Where the syntax itself is an error (Jest, Metro), env/none.js stands in.
export const bundledUrl = () => import.meta.env?.NEXT_PUBLIC_WS_URL;
