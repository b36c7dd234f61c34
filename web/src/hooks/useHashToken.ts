import { useLocation } from '@tanstack/react-router';

/** The secret behind the # of a link, which browsers never send to a server. */
export const useHashToken = (): string => useLocation({ select: ({ hash }) => hash });
