import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The bills that Python is held to, too.
  server: { fs: { allow: ['..'] } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] }
});
