import { errors } from '@playwright/test';

import { boardOf, type Member, type Status, statuses } from '../harness/api';
import type { Board } from '../harness/board';
import { everyFault, type Fault, FaultProxy, type Line } from '../harness/fault-proxy';
import { expect, test } from '../harness/fixtures';
import { Random } from '../harness/random';
import type { Window } from '../harness/window';

/** How long the network misbehaves; longer by hand, for minutes or a night. */
const seconds = Number(process.env.FAULT_SECONDS ?? 60);

/** What decides the course of faults and moves: another seed, another course. */
const seed = Number(process.env.FAULT_SEED ?? 20261122);

/** Moves that each of the two tries while one fault lasts. */
const movesPerFault = 2;

/** How long a person tries to click something that may have moved away, in milliseconds. */
const clickMs = 4_000;

/** How long the two may take to come back to the truth once the network is well, in milliseconds. */
const recoveryMs = 60_000;

const gifts = ['Drum', 'Globe', 'Kite', 'Robot', 'Scarf', 'Teapot', 'Violin', 'Yoyo'];

/** Somebody at their board, on a line of their own. */
interface Player {
  member: Member;
  window: Window;
  board: Board;
  line: Line;
}

// Guarantees: L2
test('two who edit one board over a failing network end equal to the database', async ({
  giftboard,
  family,
  open,
  complaints,
}) => {
  test.setTimeout((seconds + 240) * 1_000);
  // A move that the other one was faster with is refused with 409, and taken back.
  complaints.expect(/WebSocket connection to .* failed|net::ERR_|status of 409 .*\/move/);
  complaints.expect(/\[tidings\] closed 1006/);
  const { anna, list } = family;
  for (const name of gifts) await anna.addItem(list.id, name);
  const random = new Random(seed);
  const network = await FaultProxy.start(seed);

  const sitDown = async (member: Member): Promise<Player> => {
    const line = await network.line(member.userId, giftboard.url);
    const window = await open(member, { baseURL: line.url });
    const board = await window.openBoard(list.id);
    await window.mark();
    return { member, window, board, line };
  };
  const players = [await sitDown(family.anna), await sitDown(family.ben)];

  try {
    const seen = await misbehave(players, random);
    expect([...seen].sort(), 'every fault has had its turn').toEqual([...everyFault].sort());
    for (const { line } of players) await line.mend();
    await expectTruth(players, list.id);

    // They are not equal by having stopped: each still sees what the other does.
    for (const player of players) {
      await player.board.moveByMenu('Kite', await otherColumn(player.board, 'Kite', random));
      await expectTruth(players, list.id);
    }
  } finally {
    await network.dispose();
  }

  for (const { window } of players) {
    expect(await window.isTheSame(), 'no page was loaded anew').toBe(true);
    expect(window.frames.sockets.length, 'the faults were felt').toBeGreaterThan(1);
  }
  const { headers } = await anna.ask('GET', `/list-items?list_id=${list.id}`);
  const events = Number(/seq=(\d+)/.exec(headers.get('Tidings-Position') ?? '')?.[1]);
  const sockets = players.map(({ window }) => window.frames.sockets.length).join(' and ');
  console.log(`seed ${seed}, ${seconds} s of faults: ${events} events, ${sockets} connections`);
  expect(events, 'most of what was done got through').toBeGreaterThan(gifts.length + seconds / 6);
});

/** Lets one line fail after the other while both players go on; tells which faults there were. */
async function misbehave(players: readonly Player[], random: Random): Promise<Set<Fault>> {
  const seen = new Set<Fault>();
  const end = Date.now() + seconds * 1_000;
  let deck: Fault[] = [];
  while (Date.now() < end || seen.size < everyFault.length) {
    if (deck.length === 0) deck = random.shuffle(everyFault);
    const fault = deck.pop() as Fault;
    const { line } = random.pick(players);
    await line.fail(fault);
    // Each has chance of their own, so that the course does not depend on their speed.
    const courses = players.map(() => new Random(random.below(2 ** 31)));
    await Promise.all(players.map((player, i) => play(player, courses[i] as Random)));
    await line.mend();
    seen.add(fault);
  }
  return seen;
}

/** Moves cards about, as far as they can be caught. */
async function play({ window, board }: Player, random: Random): Promise<void> {
  for (let i = 0; i < movesPerFault; i++) {
    const gift = random.pick(gifts);
    const way = random.below(4);
    try {
      if (way === 0) await board.stepByMenu(gift, random.pick(['up', 'down']), clickMs);
      else await board.moveByMenu(gift, await otherColumn(board, gift, random), clickMs);
    } catch (error) {
      // The card was moved by the other one in between, or cannot go further.
      if (!(error instanceof errors.TimeoutError)) throw error;
      await window.page.keyboard.press('Escape');
    }
  }
}

/** The name of a column that a card is not in. */
async function otherColumn(board: Board, gift: string, random: Random): Promise<string> {
  const columns = await board.columns();
  const others: Status[] = statuses.filter((status) => !columns[status].includes(gift));
  const status = random.pick(others);
  return status.charAt(0).toUpperCase() + status.slice(1);
}

/** Waits until both boards show what the database holds, read past the failing network. */
async function expectTruth(players: readonly Player[], listId: string): Promise<void> {
  const look = async () => {
    const [player] = players;
    const truth = boardOf((await player?.member.items(listId)) ?? []);
    const shown = await Promise.all(players.map(({ board }) => board.columns()));
    return { shown, truth: players.map(() => truth) };
  };
  await expect(async () => {
    const { shown, truth } = await look();
    expect(shown).toEqual(truth);
    expect(
      Object.values(truth[0] ?? {})
        .flat()
        .sort(),
    ).toEqual(gifts);
    for (const { window } of players) {
      const state = window.page.getByTestId('connection-indicator').locator('[data-state]');
      expect(await state.getAttribute('data-state')).toBe('connected');
    }
  }).toPass({ timeout: recoveryMs });
}
