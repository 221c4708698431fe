import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { type SmokeDriver, WINDOW } from './driver.ts';
import { WEBDRIVER_KEYS } from './webdriverKeys.ts';

interface WebKitGtk {
  readonly driver: string;
  readonly screen: string;
  readonly browser: string;
}

/** The W3C's name of an element in an answer (WebDriver, section 12.2). */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** Drives WebKitGTK on a virtual screen, by W3C WebDriver over HTTP. */
export async function openWebKitGtk({ driver, screen, browser }: WebKitGtk): Promise<SmokeDriver> {
  const home = mkdtempSync(join(tmpdir(), 'qkscope-smoke-'));
  const xServer = spawn(screen, ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const [display] = (await once(xServer.stdio[3] as Readable, 'data')) as [Buffer];
  const port = await freePort();
  const server = spawn(driver, [`--port=${port}`], {
    stdio: 'ignore',
    env: {
      ...process.env,
      // What the page saves as a file lies there.
      HOME: home,
      DISPLAY: `:${display.toString().trim()}`,
      // Its sandbox doesn't start for root.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
    },
  });
  const send = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = (await answer.json()) as { value: { error?: string; message?: string } | null };
    if (!answer.ok) throw new Error(`WebDriver: ${value?.error}: ${value?.message}`);
    return value;
  };
  await untilListening(() => send('GET', '/status'));
  const capabilities = {
    alwaysMatch: { 'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] } },
  };
  const { sessionId } = (await send('POST', '/session', { capabilities })) as { sessionId: string };
  const session = (method: string, path: string, body?: object) =>
    send(method, `/session/${sessionId}${path}`, body);
  await session('POST', '/timeouts', { script: 60_000, pageLoad: 60_000 });
  const find = async (value: string) =>
    ((await session('POST', '/element', { using: 'css selector', value })) as Record<string, string>)[
      ELEMENT
    ];
  const keys = (text: readonly string[]) =>
    session('POST', '/actions', {
      actions: [
        {
          type: 'key',
          id: 'keyboard',
          actions: text.flatMap((value) => [
            { type: 'keyDown', value },
            { type: 'keyUp', value },
          ]),
        },
      ],
    });
  const evaluate = async (expression: string): Promise<unknown> => {
    const script = `const done = arguments[0];
      Promise.resolve().then(() => ${expression}).then(
        (value) => done({ value: JSON.stringify(value) }), (error) => done({ error: String(error) }));`;
    const { value, error } = (await session('POST', '/execute/async', { script, args: [] })) as {
      value?: string;
      error?: string;
    };
    if (error !== undefined) throw new Error(error);
    return value === undefined ? undefined : JSON.parse(value);
  };
  // The bar with the address belongs to the window.
  const bar = (await evaluate('outerHeight - innerHeight')) as number;
  await session('POST', '/window/rect', { ...WINDOW, height: WINDOW.height + bar, x: 0, y: 0 });
  return {
    errors: null,
    evaluate,
    open: async (url) => void (await session('POST', '/url', { url })),
    async uploadFiles(selector, paths) {
      const text = paths.map((path) => resolve(path)).join('\n');
      await session('POST', `/element/${await find(selector)}/value`, { text });
    },
    click: async (selector) => void (await session('POST', `/element/${await find(selector)}/click`, {})),
    press: async (key) => void (await keys([WEBDRIVER_KEYS[key] ?? key])),
    type: async (text) => void (await keys([...text])),
    async screenshot(path) {
      writeFileSync(path, Buffer.from((await session('GET', '/screenshot')) as string, 'base64'));
    },
    async close() {
      await session('DELETE', '');
      await Promise.all([end(server), end(xServer)]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return address.port;
}

async function untilListening(ask: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries++)
    try {
      await ask();
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((wake) => setTimeout(wake, 100));
    }
}
