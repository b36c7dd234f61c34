import { type Locator, type Page, expect } from '@playwright/test';

import { type Status, statuses } from './api';
import { Touch } from './touch';

/** A board as it is on screen: the names of the gifts, by column and in order. */
export type Columns = Record<Status, string[]>;

/** How many steps a pointer takes to a place: a person's hand passes over what is between. */
const pointerSteps = 12;

/** The board of a list in a page. */
export class Board {
  /** What the drag library tells screen readers, written when it has been done. */
  readonly announcement: Locator;

  constructor(private readonly page: Page) {
    this.announcement = page.locator('[id^="rfd-announcement"]');
  }

  column(status: Status): Locator {
    return this.page.getByTestId(`column-${status}`);
  }

  /** What carries a card: it is dragged by it, and takes the keyboard's focus. */
  card(name: string): Locator {
    return this.page.getByTestId(/^card-/).locator(this.handle(name));
  }

  private handle(name: string): Locator {
    return this.page.getByRole('button', { name: new RegExp(`^${name}, `) });
  }

  /** The avatars of who else is looking at the list. */
  get watchers(): Locator {
    return this.page.getByTestId('watchers').getByRole('img');
  }

  /** The tag on a card with the name of the member who drags it. */
  holder(name: string): Locator {
    const card = this.page.getByTestId(/^card-/).filter({ has: this.handle(name) });
    return card.getByTestId('holder');
  }

  /** What the board shows now. */
  async columns(): Promise<Columns> {
    const shown: Columns = { idea: [], selected: [], purchased: [], received: [] };
    for (const status of statuses) {
      const handles = this.column(status)
        .getByTestId(/^card-/)
        .getByRole('button', { name: /, \d+ of \d+/ });
      const names = await handles.evaluateAll((found) =>
        found.map((handle) => handle.getAttribute('aria-label') ?? ''),
      );
      shown[status] = names.map((name) => name.replace(/, \w+, \d+ of \d+.*$/, ''));
    }
    return shown;
  }

  /** Waits until the board shows this. */
  async shows(columns: Partial<Columns>): Promise<void> {
    await expect.poll(() => this.columns()).toMatchObject(columns);
  }

  /** Drags a card by mouse onto another one, or into a column, and drops it. */
  async dragByMouse(name: string, target: Locator): Promise<void> {
    const { mouse } = this.page;
    await this.liftByMouse(name);
    const to = await middle(target);
    await mouse.move(to.x, to.y, { steps: pointerSteps });
    await this.isOver(name);
    await mouse.up();
  }

  /** Drags a card with a finger: a long press lifts it. */
  async dragByTouch(name: string, target: Locator): Promise<void> {
    const finger = await Touch.of(this.page);
    const from = await middle(this.card(name));
    await finger.press(from);
    await this.isLifted(name);
    await finger.move(from, await middle(target), pointerSteps);
    await this.isOver(name);
    await finger.lift();
  }

  /**
   * Carries a card with a finger to the right edge of the screen, where the board
   * scrolls along, then back to the middle, and drops it. Tells the column that
   * was announced: how far the board came by then is a matter of speed.
   */
  async carryByTouch(name: string): Promise<Status> {
    const finger = await Touch.of(this.page);
    const from = await middle(this.card(name));
    const width = this.page.viewportSize()?.width ?? 0;
    const edge = { x: width - 4, y: from.y };
    await finger.press(from);
    await this.isLifted(name);
    await finger.move(from, edge, pointerSteps);
    await expect(this.announcement).not.toContainText('Idea');
    await finger.move(edge, { x: width / 2, y: from.y }, pointerSteps);
    await this.isOver(name);
    await finger.lift();
    await expect(this.announcement).toContainText(`Dropped ${name}, `);
    const landed = /, (\w+), \d+ of/.exec(await this.announcement.innerText())?.[1];
    return landed?.toLowerCase() as Status;
  }

  /** Lifts a card by keyboard, and leaves it in the air. */
  async lift(name: string): Promise<void> {
    await this.card(name).focus();
    await this.page.keyboard.press('Space');
    await this.isLifted(name);
  }

  /** Lifts a card by mouse, and leaves it in the air. */
  async liftByMouse(name: string): Promise<void> {
    const { mouse } = this.page;
    const from = await middle(this.card(name));
    await mouse.move(from.x, from.y);
    await mouse.down();
    // A few pixels make it a drag and not a click.
    await mouse.move(from.x + 8, from.y + 8, { steps: 4 });
    await this.isLifted(name);
  }

  /** Moves a card by its menu. */
  async moveByMenu(name: string, column: string, timeout?: number): Promise<void> {
    await this.chooseInMenu(name, `Move to ${column}`, timeout);
  }

  /** Moves a card by one place in its column, by its menu. */
  async stepByMenu(name: string, way: 'up' | 'down', timeout?: number): Promise<void> {
    await this.chooseInMenu(name, `Move ${way}`, timeout);
  }

  /** Opens a card's menu and chooses; `timeout` is for each click, in milliseconds. */
  private async chooseInMenu(name: string, choice: string, timeout?: number): Promise<void> {
    const patience = timeout === undefined ? {} : { timeout };
    await this.page.getByRole('button', { name: `Move ${name}` }).click(patience);
    await this.page.getByRole('menuitem', { name: choice }).click(patience);
  }

  /** Brushes over a card with a finger, without resting on it. */
  async brush(name: string, by: Point): Promise<void> {
    const finger = await Touch.of(this.page);
    const from = await middle(this.card(name));
    await finger.press(from);
    await finger.move(from, { x: from.x + by.x, y: from.y + by.y }, pointerSteps);
    await finger.lift();
  }

  private async isLifted(name: string): Promise<void> {
    await expect(this.announcement).toContainText(`Lifted ${name}`);
  }

  /** Waits until the drag has followed the pointer to its last place: it does so once a frame. */
  private async isOver(name: string): Promise<void> {
    await expect(this.announcement).toContainText(`${name}, `);
    await expect(this.announcement).not.toContainText('Lifted');
    await this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  }
}

interface Point {
  x: number;
  y: number;
}

async function middle(target: Locator): Promise<Point> {
  const box = await target.boundingBox();
  if (box === null) throw new Error(`${String(target)} is not visible`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
