import { GiftDetail } from '@/components/GiftDetail';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <main>
      <GiftDetail giftId={id} />
    </main>
  );
}
