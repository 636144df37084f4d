import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], more: Record<string, unknown> = {}) => ({
  test: { name, include, ...more },
});

const alone = 'test/hostile/event-loop.test.ts';

export default defineConfig({
  test: {
    projects: [
      // how long one takes beside the other lane is nothing it says
      project('unit', ['test/{policy,probe,server,docs}/**/*.test.ts', 'test/*.test.ts'], {
        testTimeout: 30_000,
      }),
      project('live', ['test/live/**/*.test.ts'], { testTimeout: 20_000 }),
      project('e2e', ['test/e2e/**/*.test.ts'], { testTimeout: 60_000, hookTimeout: 60_000 }),
      project('hostile', ['test/hostile/**/*.test.ts'], {
        exclude: [alone],
        testTimeout: 60_000,
        hookTimeout: 120_000,
      }),
      // behind the others: a check of anything on a node with so many open files takes its time
      project('hostile-alone', [alone], { hookTimeout: 60_000, sequence: { groupOrder: 1 } }),
      project('deploy', ['test/deploy/**/*.test.ts'], { testTimeout: 120_000, hookTimeout: 180_000 }),
      project('browser', ['test/browser/**/*.test.ts'], { testTimeout: 60_000, hookTimeout: 120_000 }),
      project('criu', ['test/criu/**/*.test.ts'], { testTimeout: 900_000, hookTimeout: 120_000 }),
    ],
    coverage: { include: ['src/**'], exclude: ['src/server/grpc/generated/**', 'src/server/page/site/**'] },
  },
});
