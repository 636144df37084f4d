import { describe, expect, it } from 'vitest';
import { netlinkCalls } from '../../../src/probe/native/netlink.ts';
import { encodeMessage } from '../../../src/probe/native/netlink-codec.ts';
import type { System } from '../../../src/probe/native/system.ts';

/** One datagram, or the errno of recv(2). Sequence 0 stands for that of the request. */
type Answer = readonly Part[] | string | Buffer;
type Part = readonly [type: number, text?: string, flags?: number, sequence?: number];

const row = (text: string): Part => [20, text, 2];
const done: Part = [3, '\0\0\0\0', 2];
const acknowledged: Answer = [[2, '\0\0\0\0']];

/** A socket that answers what the list says; `closed` counts. */
function dumping(answers: readonly Answer[]) {
  const queue = [acknowledged, ...answers];
  const seen = { closed: 0, sent: 0, largest: 0 };
  let [sequence, errno] = [0, ''];
  const system = {
    socket: () => 7,
    setOption: () => 0,
    connect: () => 0,
    close: () => void seen.closed++,
    send: (_fd: number, message: Buffer) => {
      seen.sent++;
      sequence = message.readUInt32LE(8);
      return message.length;
    },
    receive: (_fd: number, buffer: Buffer) => {
      const answer = queue.shift() ?? 'EIO';
      seen.largest = buffer.length;
      if (typeof answer === 'string') {
        errno = answer;
        return -1;
      }
      const bytes = Buffer.isBuffer(answer) ? answer : Buffer.concat(answer.map((part) => encode(part)));
      bytes.copy(buffer);
      return bytes.length;
    },
    failure: () => ({ errno }),
  };
  const encode = ([type, text = '', flags = 0, own = sequence]: Part) =>
    encodeMessage({ type, flags, sequence: own, body: Buffer.from(text, 'latin1') });
  const dump = netlinkCalls(system as unknown as System, (_path, act) => act()).dump;
  const request = { netNs: 'x', protocol: 4, type: 20, body: Buffer.alloc(4) };
  const answer = dump(request, (body) => (body.length === 0 ? undefined : body.toString('latin1')));
  return { answer, ...seen };
}

const errnoText = (errno: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(-errno);
  return bytes.toString('latin1');
};

describe('questions over netlink', () => {
  it('of which there are none open nothing', () => {
    const { query } = netlinkCalls({} as System, () => {
      throw new Error('entered');
    });
    expect(query({ netNs: 'x', protocol: 4, type: 20 }, [], () => {})).toBeUndefined();
  });

  it('are asked one after the other, the next one once the last was answered', () => {
    const events: string[] = [];
    let sent: Buffer = Buffer.alloc(0);
    const system = {
      ...{ socket: () => 7, setOption: () => 0, connect: () => 0 },
      close: () => events.push('closed'),
      send: (_fd: number, message: Buffer) => {
        sent = message;
        return message.length;
      },
      receive: (_fd: number, buffer: Buffer) => {
        const body = Buffer.concat([Buffer.from('re '), sent.subarray(16)]);
        return encodeMessage({ type: 20, flags: 0, sequence: sent.readUInt32LE(8), body }).copy(buffer);
      },
    };
    const { query } = netlinkCalls(system as unknown as System, (_path, act) => act());
    function* questions() {
      for (const text of ['one', 'two', 'six']) {
        events.push(text);
        yield Buffer.from(text);
      }
    }
    const failure = query({ netNs: 'x', protocol: 4, type: 20 }, questions(), (body) =>
      events.push(body.toString('latin1').replace(/\0+$/, '')),
    );
    expect(failure).toBeUndefined();
    expect(events).toEqual(['one', 're one', 'two', 're two', 'six', 're six', 'closed']);
  });
});

describe('a netlink dump', () => {
  it('collects from several datagrams up to the end', () => {
    const { answer, closed } = dumping([[row('a'), row('b')], [row('c')], [done]]);
    expect(answer).toEqual(['a', 'b', 'c']);
    expect(closed).toBe(1);
  });

  it('may be empty, and leaves out what has no row', () => {
    expect(dumping([[done]]).answer).toEqual([]);
    expect(dumping([[row(''), row('a'), done]]).answer).toEqual(['a']);
  });

  it('ignores what answers another request, and what says nothing', () => {
    expect(dumping([[[20, 'old', 2, 99], [1], row('a')], [[3, '', 2, 98]], [done]]).answer).toEqual(['a']);
  });

  it('gives the errno of NLMSG_ERROR and of NLMSG_DONE', () => {
    expect(dumping([[[2, errnoText(1)]]]).answer).toEqual({ errno: 'EPERM' });
    expect(dumping([[row('a'), [3, errnoText(12)]]])).toMatchObject({
      answer: { errno: 'ENOMEM' },
      closed: 1,
    });
    expect(dumping([[[2, errnoText(2)]]]).answer).toEqual({ errno: 'EPROTONOSUPPORT' });
    expect(dumping([[[2, errnoText(9999)]]]).answer).toEqual({ errno: 'errno 9999' });
  });

  it('asks again when it was interrupted by a change', () => {
    const { answer, sent } = dumping([
      [[20, 'a', 0x12], done],
      [row('b'), done],
    ]);
    expect(answer).toEqual(['b']);
    expect(sent).toBe(3);
    const changing = Array.from({ length: 9 }, (): Answer => [row('a'), [3, '\0\0\0\0', 0x12]]);
    expect(dumping(changing).answer).toEqual({ errno: 'EINTR' });
  });

  it('asks again with more room when an answer was cut', () => {
    const { answer, largest } = dumping([Buffer.alloc(100_000), [done], [row('a'), done]]);
    expect(answer).toEqual(['a']);
    expect(largest).toBe(100_000);
  });

  it('asks again when the kernel lost some', () => {
    expect(
      dumping([
        [row('a'), [4], done],
        [row('b'), done],
      ]).answer,
    ).toEqual(['b']);
  });

  it('goes on after a signal', () => {
    expect(dumping(['EINTR', [row('a')], 'EINTR', [done]]).answer).toEqual(['a']);
  });

  it('does not wait for ever', () => {
    expect(dumping([[row('a')], 'EAGAIN'])).toMatchObject({ answer: { errno: 'ETIMEDOUT' }, closed: 1 });
    expect(dumping(['ENOBUFS']).answer).toEqual({ errno: 'ENOBUFS' });
  });

  it('does not take what is no message', () => {
    expect(dumping([Buffer.from('nonsense')])).toMatchObject({ answer: { errno: 'EBADMSG' }, closed: 1 });
  });
});
