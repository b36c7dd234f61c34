export const bundledUrl = () => undefined;
