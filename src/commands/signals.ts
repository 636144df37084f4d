import { closeSync, openSync } from 'node:fs';

/** The first SIGTERM or SIGINT drains, the second ends at once. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        seen += 1;
        if (seen > 1) process.exit(1);
        resolve();
      });
    }
  });
}

/** SIGHUP reloads; where it says that the terminal is gone in which the agent runs, it ends the agent. */
export function onHangup(reload: () => void): void {
  const inTerminal = process.stdout.isTTY === true;
  process.on('SIGHUP', () => {
    if (inTerminal && !terminalIsThere()) process.kill(process.pid, 'SIGTERM');
    else reload();
  });
}

function terminalIsThere(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
