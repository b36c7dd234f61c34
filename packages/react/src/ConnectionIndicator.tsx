'use client';

import type { ConnectionStatus, WSConnectionState } from '@tidings/client';
import { useEffect, useRef, useState, type CSSProperties } from 'react';

import { useTidingsClient } from './provider';
import { useConnectionStatus } from './useWebSocket';

/** What lasts less long than this is not shown, in milliseconds. */
export const FLICKER_MS = 1000;

/** Close codes from here on are a server's own; below are those of browsers and proxies. */
const FIRST_OWN_CLOSE_CODE = 3000;

/** What both indicators take. */
export interface ConnectionIndicatorProps {
  /**
   * Show nothing while connected, nor in the first second.
   * @default false
   */
  hideWhenConnected?: boolean | undefined;
  /** Added to the outermost element. */
  className?: string | undefined;
}

/**
 * Words, shape and colour: shapes differ too, so that the state does not hang on colour alone.
 * The colours stand out from white and from black.
 */
const LOOKS: Record<WSConnectionState, readonly [label: string, shape: string, color: string]> = {
  connected: ['Connected', '●', 'connected, #15803d'],
  connecting: ['Connecting…', '◌', 'connecting, #a16207'],
  reconnecting: ['Reconnecting…', '◌', 'connecting, #a16207'],
  disconnected: ['Disconnected', '○', 'disconnected, #6e7781'],
  error: ['Connection failed', '▲', 'error, #dc2626'],
};

const ROW: CSSProperties = {
  display: 'inline-flex',
  alignItems: 'center',
  gap: 'var(--tidings-gap, 0.5em)',
  font: 'var(--tidings-font, inherit)',
};

/** Large enough for a finger, however little room there is. */
const TARGET: CSSProperties = { flexShrink: 0, minWidth: 24, minHeight: 24 };

/** What a server renders, and what the first second of a page looks like. */
const STARTING: ConnectionStatus = { state: 'connecting' };

/** The status, with what is over within a second left out. */
function useSteadyStatus(): ConnectionStatus {
  const status = useConnectionStatus();
  const isConnected = status.state === 'connected';
  /** Shown in place of what may be over in a moment. */
  const [standIn, setStandIn] = useState<ConnectionStatus | undefined>(STARTING);

  useEffect(() => {
    const settle = () => setStandIn(isConnected ? { state: 'connected' } : undefined);
    const timer = setTimeout(settle, isConnected ? 0 : FLICKER_MS);
    return () => clearTimeout(timer);
  }, [isConnected]);

  return isConnected ? status : (standIn ?? status);
}

/** Whether nobody is logged in: no button brings the connection back, only a log-in does. */
const isSignedOut = ({ state, error }: ConnectionStatus) =>
  state === 'disconnected' && error?.code === 'not_authenticated';

/** The state in words, and why: what the server said, or what a person can make something of. */
function wordsOf(status: ConnectionStatus): string {
  if (isSignedOut(status)) return 'Signed out';
  const { state, error } = status;
  const [label] = LOOKS[state];
  if (!error) return label;
  const { closeCode = FIRST_OWN_CLOSE_CODE } = error as { closeCode?: number };
  const isBroken = closeCode < FIRST_OWN_CLOSE_CODE || /(failed|timeout)$/.test(error.code);
  return `${label} (${isBroken ? 'server out of reach' : error.message})`;
}

function Indicator({
  hideWhenConnected,
  className,
  isCompact,
}: ConnectionIndicatorProps & { isCompact: boolean }) {
  const client = useTidingsClient();
  const status = useSteadyStatus();
  const live = useRef<HTMLSpanElement>(null);
  const { state } = status;
  const isHidden = hideWhenConnected && (state === 'connected' || status === STARTING);
  const isOver = state === 'error' || (state === 'disconnected' && !isSignedOut(status));
  const words = wordsOf(status);
  const [, shape, color] = LOOKS[state];

  /** The button goes as soon as it is pressed: the focus stays here, and is not lost. */
  const reconnect = () => {
    live.current?.focus();
    client.connect();
  };

  return (
    <span
      className={className}
      style={isHidden ? undefined : ROW}
      data-state={state}
      title={isCompact && !isHidden ? words : undefined}
    >
      {/* Stays in the page while hidden: a live region that comes and goes is not announced. */}
      <span role="status" ref={live} tabIndex={-1} style={isHidden ? undefined : ROW}>
        {!isHidden && (
          <>
            <span aria-hidden="true" style={{ color: `var(--tidings-${color})` }}>
              {shape}
            </span>
            <span style={isCompact ? VISUALLY_HIDDEN : undefined}>{words}</span>
          </>
        )}
      </span>
      {isOver && (
        <button
          type="button"
          style={TARGET}
          aria-label={isCompact ? 'Reconnect' : undefined}
          title={isCompact ? 'Reconnect' : undefined}
          onClick={reconnect}
        >
          {isCompact ? '↻' : 'Reconnect'}
        </button>
      )}
    </span>
  );
}

/**
 * Shows the state of the connection in words, why it is lost, and a button to reconnect where
 * that takes a person. Quiet about what is over within a second; without a button while nobody is
 * logged in. Themed by the CSS variables `--tidings-connected`, `-connecting`, `-disconnected`,
 * `-error`, `-gap` and `-font`.
 */
export function ConnectionIndicator(props: ConnectionIndicatorProps) {
  return <Indicator {...props} isCompact={false} />;
}

/**
 * The same in small: a symbol, whose words are for screen readers and its tooltip, and a button to
 * reconnect.
 */
export function ConnectionIndicatorCompact(props: ConnectionIndicatorProps) {
  return <Indicator {...props} isCompact />;
}

const VISUALLY_HIDDEN: CSSProperties = {
  position: 'absolute',
  width: 1,
  height: 1,
  overflow: 'hidden',
  clipPath: 'inset(50%)',
  whiteSpace: 'nowrap',
};
