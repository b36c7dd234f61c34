export function AuthHeading({ title, body }: { title: string; body?: string }) {
  return (
    <header className="mb-7">
      <title>{`${title} · Tidings`}</title>
      <h1 className="text-2xl">{title}</h1>
      {body && <p className="mt-1.5 text-pretty text-soft">{body}</p>}
    </header>
  );
}
