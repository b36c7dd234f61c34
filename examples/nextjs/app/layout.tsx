import type { Metadata } from 'next';
import type { ReactNode } from 'react';

import { Header } from '@/components/Header';

import { Providers } from './providers';

export const metadata: Metadata = { title: 'Gifts', icons: 'data:,' };

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Providers>
          <Header />
          {children}
        </Providers>
      </body>
    </html>
  );
}
