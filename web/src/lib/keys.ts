/** Cache keys and topics of what is live. */
export const listItemsKey = (listId: string) => ['list-items', listId] as const;
export const listItemsTopic = (listId: string) => `list-items:${listId}` as const;
export const wishesKey = (listId: string) => ['wishes', listId] as const;
export const wishesTopic = (listId: string) => `wishes:${listId}` as const;
