import type { DragDropContextProps } from '@hello-pangea/dnd';

type Options = NonNullable<DragDropContextProps['autoScrollerOptions']>;

/**
 * How a phone's board follows a finger that carries a card to an edge. A column
 * fills the screen there: scrolling is slow enough to stop at the next one.
 */
const CALM: Options = {
  startFromPercentage: 0.15,
  maxScrollAtPercentage: 0.03,
  maxPixelScroll: 8,
  ease: (share) => share,
  durationDampening: { accelerateAt: 500, stopDampeningAt: 1_200 },
};

const LIVELY: Options = {};

/** How the board scrolls while a card is dragged on this screen. */
export const scrollingOptions = (): Options =>
  matchMedia('(max-width: 47.99rem)').matches ? CALM : LIVELY;
