// Loaded into the daemon by --import: at SIGUSR2 the file BENCH_LOOP_DELAY has how long its event loop was held up, in ms.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

if (process.argv[2] === 'serve') {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  process.on('SIGUSR2', () => {
    const ms = (ns) => Number((ns / 1e6).toFixed(1));
    writeFileSync(
      process.env.BENCH_LOOP_DELAY,
      JSON.stringify({ p99: ms(delay.percentile(99)), max: ms(delay.max) }),
    );
    delay.reset();
  });
}
