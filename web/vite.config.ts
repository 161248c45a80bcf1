import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `vite dev` shows the page against a running server: TRIMTAB_URL names it. */
const server = process.env['TRIMTAB_URL'] ?? 'http://127.0.0.1:3000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // Nothing inline: the content security policy allows scripts, fonts and images from this origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
  server: { proxy: { '/v1': server, '/sign-in': server } },
});
