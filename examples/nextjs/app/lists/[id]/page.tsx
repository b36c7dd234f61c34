import ListDetailPage from './ListDetailPage';

/** Next hands params over as a promise; the client component gets what is in it. */
export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <ListDetailPage params={await params} />;
}
