import { Gifts } from '@/components/Gifts';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <main>
      <h1>Gifts</h1>
      <Gifts listId={id} />
    </main>
  );
}
