'use client';

import { useEffect, useState } from 'react';

import { useWebSocket, type WSEvent } from '@/lib/websocket';

/** The low-level hook: the events of a topic as they come. */
export function EventLog({ topic }: { topic: string }) {
  const { state, subscribe, connect, disconnect } = useWebSocket();
  const [events, setEvents] = useState<WSEvent[]>([]);

  useEffect(() => {
    // Subscribe to topic
    const unsubscribe = subscribe(topic, (event) => {
      setEvents((all) => [...all, event]);
    });

    // Unsubscribe
    return unsubscribe;
  }, [subscribe, topic]);

  return (
    <section aria-label="Events">
      <h2>Events</h2>
      <p>
        The connection is {state}.{' '}
        <button type="button" onClick={state === 'disconnected' ? connect : disconnect}>
          {state === 'disconnected' ? 'Connect' : 'Disconnect'}
        </button>
      </p>
      <ol>
        {events.map((event) => (
          <li key={event.id}>
            {event.event} {event.data.entity_id}
          </li>
        ))}
      </ol>
    </section>
  );
}
