import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Menu, MenuContent, MenuItem, MenuTrigger } from './Menu';

beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function setup() {
  render(
    <Menu>
      <MenuTrigger>Move Lego</MenuTrigger>
      <MenuContent>
        <MenuItem>Move up</MenuItem>
      </MenuContent>
    </Menu>,
  );
  return screen.getByText('Move Lego');
}

/** A pointer goes down; what jsdom lacks of its event is added. */
function press(button: HTMLElement, pointerType: string): void {
  const event = new MouseEvent('pointerdown', { bubbles: true, cancelable: true, button: 0 });
  fireEvent(button, Object.assign(event, { pointerType }));
}

const isOpen = () => screen.queryByText('Move up') !== null;

describe('Menu', () => {
  it('opens as soon as a mouse button is down', () => {
    press(setup(), 'mouse');
    expect(isOpen()).toBe(true);
  });

  it('stays closed under a finger that may be about to scroll', () => {
    press(setup(), 'touch');
    expect(isOpen()).toBe(false);
  });

  it('opens by a tap', () => {
    const button = setup();
    press(button, 'touch');
    fireEvent.click(button);
    expect(isOpen()).toBe(true);
  });
});
