import { Progress } from '@/components/Progress';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <main>
      <h1>Progress</h1>
      <Progress listId={id} />
    </main>
  );
}
