import type { Page, Worker } from '@playwright/test';

/** Has SwiftShader taken for a card that is measured already, so that WebGPU is chosen; `actAsCard` has a worker say that it is one. */
export async function passForCard(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const opening = indexedDB.open('qkscope-adapters');
    opening.onupgradeneeded = () => opening.result.createObjectStore('measured');
    opening.onsuccess = () => {
      const store = opening.result.transaction('measured', 'readwrite').objectStore('measured');
      store.put('traceRegister', 'trace form on A tested GPU');
    };
  });
}

/** Gives the adapter in a worker the name under which `passForCard` has it measured. */
export async function actAsCard(worker: Worker): Promise<void> {
  await worker.evaluate(() => {
    const tell = (name: string, value: unknown) =>
      Object.defineProperty(GPUAdapterInfo.prototype, name, { get: () => value });
    tell('architecture', 'tested');
    tell('description', 'A tested GPU');
    tell('isFallbackAdapter', false);
  });
}
