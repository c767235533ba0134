/** A TCP link that can be paused: data then arrives later, in order and without loss. */
import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface SlowLink {
  /** The address through the link. */
  url: string;
  /** Pauses the link until `release`. */
  hold(): void;
  release(): void;
  close(): Promise<void>;
}

/** Opens a link on 127.0.0.1 to the host and port of an address. */
export async function openLink(address: string): Promise<SlowLink> {
  const target = new URL(address);
  const sockets = new Set<Socket>();
  let isHeld = false;
  const server = createServer((near) => {
    const far = createConnection(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      if (isHeld) socket.pause();
    }
    relay(near, far);
    relay(far, near);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = new URL(address);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    hold() {
      isHeld = true;
      for (const socket of sockets) socket.pause();
    },
    release() {
      isHeld = false;
      for (const socket of sockets) socket.resume();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function relay(from: Socket, to: Socket): void {
  from.on('data', (chunk: Buffer) => void to.write(chunk)).on('close', () => to.destroy());
}
