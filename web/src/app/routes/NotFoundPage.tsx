import { Link } from '@tanstack/react-router';

import { buttonClass } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';

export function NotFoundPage() {
  return (
    <main className="mx-auto max-w-xl px-4 py-16">
      <title>Not found · Tidings</title>
      <EmptyState
        heading="h1"
        title="There is nothing here"
        body="This page does not exist, or it is not for you to see."
        action={
          <Link to="/" className={buttonClass()}>
            Go home
          </Link>
        }
      />
    </main>
  );
}
