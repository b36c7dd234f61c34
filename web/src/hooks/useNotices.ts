import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { toast } from '@/components/ui/Toast';
import { useMe } from '@/lib/context/AuthContext';
import { listItemsKey, wishesKey } from '@/lib/keys';
import { useWebSocket } from '@/lib/websocket';

/** Listens to what concerns the signed-in user, on whichever page they are. */
export function useNotices(): void {
  const { user } = useMe();
  const { subscribe } = useWebSocket();
  const queryClient = useQueryClient();

  useEffect(
    () =>
      subscribe(`user:${user.id}` as const, (event) => {
        const notice = event.data.payload;
        if (notice.kind === 'list_gone') {
          // What may not be seen any more leaves the memory too.
          queryClient.removeQueries({ queryKey: listItemsKey(notice.list_id) });
          queryClient.removeQueries({ queryKey: wishesKey(notice.list_id) });
          queryClient.removeQueries({ queryKey: ['gifts', notice.list_id] });
        }
        void queryClient.invalidateQueries({ queryKey: ['lists'] });
        if (notice.kind !== 'list_gone') {
          void queryClient.invalidateQueries({ queryKey: listItemsKey(notice.list_id) });
        }
        if (notice.text && event.data.user_id !== user.id) toast(notice.text);
      }),
    [subscribe, queryClient, user.id],
  );
}
