import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';

/** Drops files on the page as a drag from the desktop does. */
export async function dropFiles(page: Page, files: readonly { name: string; path: string }[]): Promise<void> {
  const data = files.map(({ name, path }) => ({ name, base64: readFileSync(path).toString('base64') }));
  await page.evaluate((list) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of list)
      transfer.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], name));
    for (const type of ['dragenter', 'dragover', 'drop'])
      document.body.dispatchEvent(
        new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }),
      );
  }, data);
}

/**
 * Drops a folder's files under their paths in it. A made-up drag has no folders, so each file's entry is made here, as the browser
 * gives it for a file in a dropped folder.
 */
export async function dropTree(
  page: Page,
  files: readonly { readonly path: string; readonly at: string }[],
): Promise<void> {
  const data = files.map(({ path, at }) => ({ path, base64: readFileSync(at).toString('base64') }));
  await page.evaluate((list) => {
    const transfer = new DataTransfer();
    const items = list.map(({ path, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      const file = new File([bytes], path.slice(path.lastIndexOf('/') + 1));
      const entry = {
        isFile: true,
        isDirectory: false,
        fullPath: `/${path}`,
        file: (take: (file: File) => void) => take(file),
      };
      return { kind: 'file', webkitGetAsEntry: () => entry, getAsFile: () => file };
    });
    Object.defineProperty(transfer, 'items', { value: items });
    Object.defineProperty(transfer, 'types', { value: ['Files'] });
    for (const type of ['dragenter', 'dragover', 'drop']) {
      const event = new DragEvent(type, { bubbles: true, cancelable: true });
      Object.defineProperty(event, 'dataTransfer', { value: transfer });
      document.body.dispatchEvent(event);
    }
  }, data);
}
