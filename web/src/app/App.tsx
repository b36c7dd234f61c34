import { RouterProvider } from '@tanstack/react-router';

import { Toaster } from '@/components/ui/Toast';
import { AuthProvider } from '@/lib/context/AuthContext';

import { router } from './router';

export function App() {
  return (
    <AuthProvider>
      <RouterProvider router={router} />
      <Toaster />
    </AuthProvider>
  );
}
