import { defineConfig } from 'vite';

export default defineConfig({
  // Without it Vite keeps NEXT_PUBLIC_WS_URL from the page.
  envPrefix: ['VITE_', 'NEXT_PUBLIC_'],
});
