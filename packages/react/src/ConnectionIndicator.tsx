'use client';

import type { ConnectionStatus, WSConnectionState } from '@tidings/client';
import { useEffect, useState, type CSSProperties } from 'react';

import { useTidingsClient } from './provider';
import { useConnectionStatus } from './useWebSocket';

/** Interruptions shorter than this are not shown, in milliseconds. */
export const FLICKER_MS = 1000;

/** What both indicators take. */
export interface ConnectionIndicatorProps {
  /**
   * Show nothing while connected.
   * @default false
   */
  hideWhenConnected?: boolean | undefined;
  /** Added to the outermost element. */
  className?: string | undefined;
}

/** Words, shape and colour: shapes differ too, so that the state does not hang on colour alone. */
const LOOKS: Record<WSConnectionState, readonly [label: string, shape: string, color: string]> = {
  connected: ['Connected', '●', 'connected, #15803d'],
  connecting: ['Connecting…', '◌', 'connecting, #a16207'],
  reconnecting: ['Reconnecting…', '◌', 'connecting, #a16207'],
  disconnected: ['Disconnected', '○', 'disconnected, #57606a'],
  error: ['Connection failed', '▲', 'error, #b42318'],
};

const ROW: CSSProperties = {
  display: 'inline-flex',
  alignItems: 'center',
  gap: 'var(--tidings-gap, 0.5em)',
  font: 'var(--tidings-font, inherit)',
};

const CONNECTED: ConnectionStatus = { state: 'connected' };

/** The status, with short interruptions of a connection left out. */
function useSteadyStatus(): ConnectionStatus {
  const status = useConnectionStatus();
  const isConnected = status.state === 'connected';
  /** Whether it was connected a moment ago. */
  const [wasConnected, setWasConnected] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => setWasConnected(isConnected), isConnected ? 0 : FLICKER_MS);
    return () => clearTimeout(timer);
  }, [isConnected]);

  return wasConnected ? CONNECTED : status;
}

function Shape({ state }: { state: WSConnectionState }) {
  const [, shape, color] = LOOKS[state];
  return (
    <span aria-hidden="true" style={{ color: `var(--tidings-${color})` }}>
      {shape}
    </span>
  );
}

/** Whether the connection waits for somebody to want it again. */
const isOver = (state: WSConnectionState) => state === 'disconnected' || state === 'error';

/**
 * Shows the state of the connection in words, why it is lost, and a button to reconnect where
 * that takes a person. Themed by the CSS variables `--tidings-connected`, `-connecting`,
 * `-disconnected`, `-error`, `-gap` and `-font`.
 */
export function ConnectionIndicator({ hideWhenConnected, className }: ConnectionIndicatorProps) {
  const client = useTidingsClient();
  const { state, error } = useSteadyStatus();
  const isHidden = hideWhenConnected && state === 'connected';
  return (
    <span className={className} style={isHidden ? undefined : ROW} data-state={state}>
      {/* Stays in the page while hidden: a live region that comes and goes is not announced. */}
      <span role="status" style={isHidden ? undefined : ROW}>
        {!isHidden && (
          <>
            <Shape state={state} />
            <span>{LOOKS[state][0]}</span>
            {error && isOver(state) && <span>({error.message})</span>}
          </>
        )}
      </span>
      {isOver(state) && (
        <button type="button" onClick={() => client.connect()}>
          Reconnect
        </button>
      )}
    </span>
  );
}

/** The state of the connection as one symbol; its words are its name and its tooltip. */
export function ConnectionIndicatorCompact({
  hideWhenConnected,
  className,
}: ConnectionIndicatorProps) {
  const { state, error } = useSteadyStatus();
  if (hideWhenConnected && state === 'connected')
    return <span role="status" className={className} />;
  const [name] = LOOKS[state];
  const label = error ? `${name} (${error.message})` : name;
  return (
    <span role="status" className={className} title={label} data-state={state}>
      <Shape state={state} />
      <span style={VISUALLY_HIDDEN}>{label}</span>
    </span>
  );
}

const VISUALLY_HIDDEN: CSSProperties = {
  position: 'absolute',
  width: 1,
  height: 1,
  overflow: 'hidden',
  clipPath: 'inset(50%)',
  whiteSpace: 'nowrap',
};
