// A line between a browser and a server: with a round trip, and a bandwidth that all connections share.
import { type AddressInfo, createServer, connect as open, type Socket } from 'node:net';

/** How much of a connection may wait in the line before its sender is told to wait, bytes. */
const QUEUE_BYTES = 4 * 1024 * 1024;
/** So much of one connection is sent before another's turn, bytes. */
const PIECE_BYTES = 16 * 1024;

export interface Line {
  /** A port that leads to a server's port over this line. */
  to(port: number): Promise<number>;
  close(): void;
}

/**
 * Makes a line. Bytes towards the browser leave one after the other at the bandwidth and arrive half a round trip later; the
 * browser's own bytes, few, are delayed alone. A new connection's first bytes take one more round trip: TCP's handshake. There is
 * no loss and no slow start.
 * @param roundTripMs of the whole way there and back, ms
 * @param bitsPerSecond towards the browser
 */
export function createLine(roundTripMs: number, bitsPerSecond: number): Line {
  const half = roundTripMs / 2;
  const msPerByte = 8000 / bitsPerSecond;
  const closing: (() => void)[] = [];
  /** When the last byte that was given to the line has left; in the past only while a late timer holds up what waits. */
  let freeAt = 0;
  /** Connections with bytes to send, in turn. */
  const waiting: { pieces: Uint8Array[]; deliver(piece: Uint8Array, at: number): void }[] = [];
  let timer: NodeJS.Timeout | null = null;

  /** Gives the line what it can send in the next few milliseconds: more would take the turn of a connection that comes later. */
  function send(): void {
    timer = null;
    const now = performance.now();
    while (waiting.length > 0 && freeAt < now + 4) {
      const connection = waiting.shift()!;
      const piece = connection.pieces.shift()!;
      freeAt += piece.length * msPerByte;
      connection.deliver(piece, freeAt + half);
      if (connection.pieces.length > 0) waiting.push(connection);
    }
    if (waiting.length > 0) timer = setTimeout(send, 1);
  }

  function join(browser: Socket, port: number): void {
    const server = open({ port, host: 'localhost' });
    const opened = performance.now() + roundTripMs;
    browser.setNoDelay(true);
    server.setNoDelay(true);
    delayed(browser, server, (now) => Math.max(now, opened) + half);
    const deliverToBrowser = inOrder(browser);
    let queued = 0;
    const connection = {
      pieces: [] as Uint8Array[],
      deliver(piece: Uint8Array, at: number) {
        deliverToBrowser(at, () => {
          browser.write(piece);
          queued -= piece.length;
          if (queued < QUEUE_BYTES) server.resume();
        });
      },
    };
    server.on('data', (bytes) => {
      queued += bytes.length;
      if (queued >= QUEUE_BYTES) server.pause();
      if (waiting.length === 0) freeAt = Math.max(freeAt, performance.now());
      if (connection.pieces.length === 0) waiting.push(connection);
      for (let at = 0; at < bytes.length; at += PIECE_BYTES)
        connection.pieces.push(bytes.subarray(at, at + PIECE_BYTES));
      timer ??= setTimeout(send, 0);
    });
    server.on('end', () => {
      const end = () => (queued > 0 ? setTimeout(end, 1) : browser.end());
      end();
    });
    for (const [one, other] of [
      [browser, server],
      [server, browser],
    ] as const)
      one.on('error', () => other.destroy());
    browser.on('close', () => server.destroy());
    closing.push(() => {
      browser.destroy();
      server.destroy();
    });
  }

  return {
    async to(port) {
      const listener = createServer((browser) => join(browser, port));
      closing.push(() => listener.close());
      await new Promise<void>((resolve) => listener.listen(0, 'localhost', resolve));
      return (listener.address() as AddressInfo).port;
    },
    close() {
      for (const close of closing) close();
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** Runs what is due, one after the other, on one timer: a timer a piece would mix them up. */
function inOrder(socket: Socket): (at: number, act: () => void) => void {
  const due: { at: number; act: () => void }[] = [];
  let isTicking = false;
  const tick = () => {
    const now = performance.now();
    while (due.length > 0 && due[0]!.at <= now) due.shift()!.act();
    isTicking = due.length > 0 && !socket.destroyed;
    if (isTicking) setTimeout(tick, Math.max(0, due[0]!.at - now));
  };
  return (at, act) => {
    due.push({ at, act });
    if (!isTicking) {
      isTicking = true;
      setTimeout(tick, Math.max(0, due[0]!.at - performance.now()));
    }
  };
}

function delayed(from: Socket, to: Socket, arrival: (now: number) => number): void {
  const deliver = inOrder(to);
  from.on('data', (bytes) => deliver(arrival(performance.now()), () => to.write(bytes)));
  from.on('end', () => deliver(arrival(performance.now()), () => to.end()));
}
