import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router';

import { ErrorPage } from './routes/ErrorPage';
import { NotFoundPage } from './routes/NotFoundPage';
import { PublicLayout } from './layouts/PublicLayout';

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: ErrorPage,
});

/** Pages for people we do not know yet. */
const guest = createRoute({ getParentRoute: () => root, id: 'guest', component: PublicLayout });

const login = createRoute({
  getParentRoute: () => guest,
  path: '/login',
  // Whatever the address says: the page checks it where it goes on.
  validateSearch: ({ next }: Record<string, unknown>): { next?: unknown } => ({ next }),
  component: lazyRouteComponent(() => import('./routes/LoginPage'), 'LoginPage'),
});

const setup = createRoute({
  getParentRoute: () => guest,
  path: '/setup',
  component: lazyRouteComponent(() => import('./routes/SetupPage'), 'SetupPage'),
});

const join = createRoute({
  getParentRoute: () => guest,
  path: '/join',
  component: lazyRouteComponent(() => import('./routes/JoinPage'), 'JoinPage'),
});

/** Pages for members of the family. */
const member = createRoute({
  getParentRoute: () => root,
  id: 'member',
  component: lazyRouteComponent(() => import('./layouts/MemberLayout'), 'MemberLayout'),
});

const home = createRoute({
  getParentRoute: () => member,
  path: '/',
  component: lazyRouteComponent(() => import('./routes/HomePage'), 'HomePage'),
});

const lists = createRoute({
  getParentRoute: () => member,
  path: '/lists',
  component: lazyRouteComponent(() => import('./routes/ListsPage'), 'ListsPage'),
});

const list = createRoute({
  getParentRoute: () => member,
  path: '/lists/$listId',
  component: lazyRouteComponent(() => import('./routes/ListPage'), 'ListPage'),
});

const people = createRoute({
  getParentRoute: () => member,
  path: '/people',
  component: lazyRouteComponent(() => import('./routes/PeoplePage'), 'PeoplePage'),
});

const occasions = createRoute({
  getParentRoute: () => member,
  path: '/occasions',
  component: lazyRouteComponent(() => import('./routes/OccasionsPage'), 'OccasionsPage'),
});

const gifts = createRoute({
  getParentRoute: () => member,
  path: '/gifts',
  component: lazyRouteComponent(() => import('./routes/GiftsPage'), 'GiftsPage'),
});

const family = createRoute({
  getParentRoute: () => member,
  path: '/family',
  validateSearch: ({ invite }: Record<string, unknown>): { invite?: true } =>
    invite === true ? { invite } : {},
  component: lazyRouteComponent(() => import('./routes/FamilyPage'), 'FamilyPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    guest.addChildren([login, setup, join]),
    member.addChildren([home, lists, list, people, occasions, gifts, family]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
