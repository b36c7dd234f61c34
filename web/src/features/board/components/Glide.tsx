import { Component, createRef, type ReactNode } from 'react';

/** How long a card glides, in milliseconds. */
const GLIDE_MS = 340;
const EASING = 'cubic-bezier(0.22, 0.9, 0.28, 1)';

interface GlideProps {
  /** Changes identity whenever cards may have changed places. */
  arrangement: unknown;
  /** This change is not to be animated: a drop has had its own animation. */
  still: boolean;
  className?: string;
  children: ReactNode;
}

interface Snapshot {
  places: Map<string, DOMRect>;
  /** The item whose card has the focus, if one has. */
  focused: string | undefined;
}

const prefersReducedMotion = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/**
 * Lets cards glide from where they were to where they are, and the focus go
 * with its card. A class, because only those see the page right before it changes.
 */
export class Glide extends Component<GlideProps> {
  readonly #root = createRef<HTMLDivElement>();

  override getSnapshotBeforeUpdate(before: GlideProps): Snapshot | null {
    if (before.arrangement === this.props.arrangement) return null;
    const places = new Map<string, DOMRect>();
    for (const [id, card] of this.#cards()) places.set(id, card.getBoundingClientRect());
    const active = document.activeElement?.closest<HTMLElement>('[data-item-id]');
    const focused = this.#root.current?.contains(active ?? null)
      ? active?.dataset.itemId
      : undefined;
    return { places, focused };
  }

  override componentDidUpdate(_before: GlideProps, _state: unknown, snapshot: Snapshot | null) {
    if (!snapshot) return;
    this.#keepFocus(snapshot.focused);
    if (this.props.still || prefersReducedMotion()) return;
    for (const [id, card] of this.#cards()) glide(card, snapshot.places.get(id));
  }

  /** A card that changes columns is a new element: the focus that was on it is lost. */
  #keepFocus(itemId: string | undefined): void {
    if (!itemId || document.activeElement !== document.body) return;
    focusCard(itemId);
  }

  *#cards(): Iterable<[string, HTMLElement]> {
    const cards = this.#root.current?.querySelectorAll<HTMLElement>('[data-item-id]') ?? [];
    for (const card of cards) yield [card.dataset.itemId ?? '', card];
  }

  override render() {
    return (
      <div ref={this.#root} className={this.props.className}>
        {this.props.children}
      </div>
    );
  }
}

function glide(card: HTMLElement, from: DOMRect | undefined): void {
  const to = card.getBoundingClientRect();
  if (!from) {
    card.animate([{ opacity: 0, transform: 'scale(0.96)' }, {}], { duration: 220, easing: EASING });
    return;
  }
  const x = from.left - to.left;
  const y = from.top - to.top;
  if (Math.abs(x) < 1 && Math.abs(y) < 1) return;
  card.animate(
    [
      { transform: `translate(${x}px, ${y}px)`, zIndex: 5 },
      { transform: 'none', zIndex: 5 },
    ],
    { duration: GLIDE_MS, easing: EASING },
  );
}

/** Focuses an item's card without scrolling to it. */
export function focusCard(itemId: string): void {
  const handle = `[data-item-id="${CSS.escape(itemId)}"] [data-rfd-drag-handle-draggable-id]`;
  document.querySelector<HTMLElement>(handle)?.focus({ preventScroll: true });
}
