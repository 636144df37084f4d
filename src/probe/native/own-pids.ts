import { failed, type Proc } from '../proc.ts';
import type { Native } from './native.ts';

/**
 * System calls take pids as the agent's own pid namespace counts them. Where procfs shows another namespace, as that of
 * the node in a container without its pid namespace, a number is another process's: then nobody is asked by it.
 */
export function forPidsOf(proc: Pick<Proc, 'readLink'>, native: Native, agentPid: number): Native {
  const self = proc.readLink('self');
  if (!failed(self) && self === String(agentPid)) return native;
  const foreign = () => ({ errno: 'EXDEV' });
  return {
    ...native,
    kcmp: foreign,
    epollTarget: foreign,
    socketOptions: foreign,
    fdFlags: foreign,
    holding: (_, act) => act(),
    iterateFiles: () => 'EXDEV',
    eventpollFds: () => undefined,
  };
}
