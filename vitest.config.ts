import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/harness/global-setup.ts'],
    // Stories start real processes and a real Postgres.
    pool: 'forks',
    // Each runs several processes of its own, whose clock is moved: too many at once starve one another.
    maxWorkers: 2,
    // Real processes meet real time. What fails is tried once more, and the report says so.
    retry: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
