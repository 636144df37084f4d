import { execFile } from 'node:child_process';

/** Versions of the engines on this node, by engine name; an engine that is not there is not in it. */
export async function detectVersions(): Promise<Readonly<Record<string, string>>> {
  const text = await outputOf(process.env.CRIU ?? 'criu', ['--version']);
  const version = /^Version: (\d+(?:\.\d+){0,3})/m.exec(text)?.[1];
  return version === undefined ? {} : { criu: version };
}

function outputOf(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, [...args], { timeout: 2000, killSignal: 'SIGKILL' }, (error, stdout) =>
      resolve(error ? '' : stdout),
    );
  });
}
