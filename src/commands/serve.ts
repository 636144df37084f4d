import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { type Config, readConfig } from '../config.ts';
import { createAccess } from '../server/access/access.ts';
import { createClients } from '../server/access/clients.ts';
import { createLog } from '../server/access/log.ts';
import type { Reloads } from '../server/access/reload.ts';
import { readSecrets, type Secrets } from '../server/access/secrets.ts';
import { createAsk } from '../server/ask.ts';
import { defaultLimits, type ServerDeps } from '../server/deps.ts';
import { detectVersions } from '../server/detect.ts';
import { Engine } from '../server/engine.ts';
import type { EngineSetup } from '../server/engine-child.ts';
import { buildGrpc } from '../server/grpc/server.ts';
import { createLocalAssess, type Local, PolicyLoadError } from '../server/local.ts';
import { createMetrics } from '../server/metrics.ts';
import { latestChecks, procChecks, type ReadinessCheck, stuckCheck } from '../server/readiness.ts';
import { buildApp } from '../server/rest/app.ts';
import { createSingleFlight } from '../server/single-flight.ts';
import { createSweepCheck } from '../server/sweep/check.ts';
import { withSweep } from '../server/sweep/metrics.ts';
import { setUpSweep } from '../server/sweep/setup.ts';
import { createWatchHub } from '../server/watch.ts';
import { version } from '../version.ts';
import { serveReloads } from './serve-reload.ts';
import { announce, hostPort, warn } from './serve-say.ts';
import { onHangup, stopSignal } from './signals.ts';

const drainMs = 10_000;
/** A scrape is given up by Prometheus after ten seconds. */
const scrapeMs = 5000;
/** Of a look at procfs: longer than a probing process takes to start. */
const readyMs = 5000;

/** `serve`: the agent. Resolves once it was told to stop and has stopped. */
export async function serve(args: readonly string[]): Promise<number> {
  const { config, problems } = readConfig(args, process.env);
  if (config === undefined) return complain(problems, 64);
  // it is another program that is waited for, while this one reads
  const detected = detectVersions();
  const log = createLog(config.logLevel);
  const read = readSecrets(config, new Date());
  if ('problems' in read) return complain(read.problems, 78);
  const setup: EngineSetup = {
    procRoot: config.procRoot,
    host: config.host,
    policyFolders: config.policyFolders,
    defaultPolicy: config.policy,
    detectedVersions: await detected,
    fileIterator: config.fileIterator,
  };
  const local = load(setup);
  if (local instanceof PolicyLoadError) return complain(local.message.split('\n'), 78);
  if (!local.policies.some((policy) => policy.name === config.policy)) {
    const known = local.policies.map((policy) => policy.name).join(', ');
    return complain([`policy: expected one of ${known}, got "${config.policy}"`], 64);
  }
  const { policySources } = local;
  const engine = new Engine({
    workers: config.workers,
    maxWaiting: config.maxWaiting,
    setup: { ...setup, policySources },
  });
  const lanes = Math.min(config.workers, availableParallelism());
  const sweeper = new Engine({
    workers: lanes,
    maxWaiting: lanes,
    setup: { ...setup, policySources },
    batch: true,
    keptIdle: 1,
    stuck: engine.stuckPlaces,
  });
  // however it ends: a probing process that hangs would outlive it
  process.once('exit', () => {
    engine.stop();
    sweeper.stop();
  });
  const { policies, kinds } = local;
  const swept = setUpSweep({ engine: sweeper, lanes, setup, policies, kinds, log, config });
  const engines = [engine, sweeper] as const;
  const { deps, reloads } = serverDeps(config, read.secrets, local, engines, setup, log, swept);
  const app = buildApp(deps);
  const grpc = buildGrpc(deps);
  try {
    engine.start();
    swept.sweep.start();
    onHangup(reloads.reload);
    reloads.watch();
    const http = await app.listen({ host: config.http.host, port: config.http.port });
    const addresses = [http, await grpc.listen(hostPort(config.grpc))];
    addresses.push(...(await listenUnix(config.grpcSocket, grpc, log)));
    grpc.setServing(true);
    announce(addresses, http, config);
    warn(config, local, log);
    await stopSignal();
    log.info('stopping: waiting for the checks that run');
    await Promise.race([Promise.all([app.close(), grpc.stop(drainMs)]), after(drainMs)]);
    return 0;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const hint =
      code === 'EADDRINUSE' || message.includes('EADDRINUSE')
        ? ': another program listens there; --http and --grpc choose other ports'
        : '';
    await Promise.allSettled([app.close(), grpc.stop(0)]);
    return complain([`${message}${hint}`], 1);
  } finally {
    reloads.stop();
    swept.sweep.stop();
    for (const one of engines) one.stop();
    app.server.closeAllConnections();
  }
}

function load(setup: EngineSetup): Local | PolicyLoadError {
  try {
    return createLocalAssess(setup);
  } catch (error) {
    if (error instanceof PolicyLoadError) return error;
    throw error;
  }
}

function serverDeps(
  config: Config,
  secrets: Secrets,
  local: Local,
  engines: readonly [Engine, Engine],
  setup: EngineSetup,
  log: Logger,
  { sweep, metrics: sweepMetrics, setPolicies }: ReturnType<typeof setUpSweep>,
): { readonly deps: ServerDeps; readonly reloads: Reloads } {
  const { kinds } = local;
  const [engine] = engines;
  let { policies } = local;
  const { connections, clientConnections } = config;
  const limits = { ...defaultLimits, connections, clientConnections };
  const counters = createMetrics({
    policies,
    kinds,
    version: version(),
    stuck: () => engine.stuck().map(({ stuck }) => stuck.what),
  });
  const metrics = withSweep(counters, sweepMetrics, () => sweep.scraped(scrapeMs));
  const { clientRate: rate, clientChecks: checks, anonymousRole } = config;
  const { clientWatchers: watches, clients: remembered } = limits;
  const clients = createClients({ rate, checks, watches, remembered }, () => performance.now());
  const access = createAccess({ secrets, anonymousRole, clients });
  if (secrets.tls !== undefined) metrics.setCertificateEnd(secrets.tls.validTo);
  metrics.recordLoaded(new Date());
  const loaded = (set: Pick<Local, 'policies'>) => {
    ({ policies } = set);
    setPolicies(policies);
  };
  const reloads = serveReloads({ config, setup, engines, access, metrics, log, loaded });
  const check = createSweepCheck(createSingleFlight(engine.check), sweep, config.policy);
  const ask = () => engine.ready(readyMs);
  const procfs = latestChecks(ask, procChecks(local));
  const deps: ServerDeps = {
    access,
    site: { host: config.http.host },
    check,
    watch: createWatchHub({ ask: createAsk({ check, metrics }), limits, metrics }),
    policies: { default: config.policy, list: () => policies },
    readiness: async () => [
      ...(engine.stuck().some(({ stuck }) => stuck.what === 'procfs') ? [] : await procfs()),
      stuckCheck(engine.stuck()),
      {
        name: 'policies',
        ok: true,
        critical: true,
        message: policies.map((policy) => policy.name).join(', '),
      },
      engineCheck(setup),
      workerCheck(engine, config),
      reloads.check(),
    ],
    metrics,
    log,
    version: version(),
    limits,
  };
  return { deps, reloads };
}

function engineCheck({ detectedVersions }: EngineSetup): ReadinessCheck {
  const found = detectedVersions.criu;
  const message =
    found === undefined ? 'no criu on this node: the newest known version is assumed' : `criu ${found}`;
  return { name: 'engine', ok: true, critical: false, message };
}

function workerCheck(engine: Engine, { maxWaiting }: Config): ReadinessCheck {
  const { workers, busy, waiting } = engine.status();
  const message = `${busy} of ${workers} probing, ${waiting} checks waiting`;
  return { name: 'workers', ok: waiting < maxWaiting, critical: true, message };
}

/** The socket where its folder may be made; no reason to stop where not. */
async function listenUnix(
  path: string,
  grpc: ReturnType<typeof buildGrpc>,
  log: Logger,
): Promise<readonly string[]> {
  if (path === '') return [];
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    return [await grpc.listen(`unix:${path}`)];
  } catch (error) {
    log.info({ error: (error as Error).message }, 'no unix socket');
    return [];
  }
}

const after = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });

function complain(lines: readonly string[], status: number): number {
  process.stderr.write(`${lines.map((line) => `checkpointable: ${line}`).join('\n')}\n`);
  return status;
}
