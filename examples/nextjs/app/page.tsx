import { Lists } from '@/components/Lists';

export default function HomePage() {
  return (
    <main>
      <h1>Lists</h1>
      <Lists />
    </main>
  );
}
