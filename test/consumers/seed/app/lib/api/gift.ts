export interface Gift {
  id: string;
  list_id: string;
  name: string;
}

declare module '@tidings/client' {
  interface TopicPayloads {
    'gift-list': Gift;
    gift: Gift;
  }
}
