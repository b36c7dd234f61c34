import { Button } from '@/components/ui/Button';
import { errorMessage } from '@/lib/api/problem';

/** The page broke: say so, and offer a fresh start. */
export function ErrorPage({ error }: { error: unknown }) {
  return (
    <main className="mx-auto flex max-w-md flex-col items-start gap-4 px-5 py-20">
      <title>Something went wrong · Tidings</title>
      <h1 className="text-2xl">This page fell apart</h1>
      <p role="alert" className="text-soft">
        {errorMessage(error)} Nothing you saved is lost.
      </p>
      <Button onClick={() => window.location.reload()}>Load it again</Button>
    </main>
  );
}
