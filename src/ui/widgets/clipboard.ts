import { QKError } from '../../core/errors.ts';
import { withDeadline } from '../../core/withDeadline.ts';

/** The browser may ask the user first, ms. */
const DEADLINE_MS = 60_000;

/**
 * Puts a text on the clipboard; one that has to be made first comes as a promise.
 * @throws QKError 'clipboard-refused' where the browser doesn't allow it, and what the text's promise rejects with
 */
export function copyText(text: string | Promise<string>): Promise<void> {
  const blob = Promise.resolve(text).then((made) => new Blob([made], { type: 'text/plain' }));
  return copyBlob('text/plain', blob);
}

/**
 * Puts something on the clipboard. WebKit allows it only while a click or key is handled: the item takes a promise, and nothing is
 * waited for before.
 * @throws as copyText
 */
export async function copyBlob(type: string, blob: Promise<Blob>): Promise<void> {
  try {
    const written = navigator.clipboard.write([new ClipboardItem({ [type]: blob })]);
    await withDeadline(written, DEADLINE_MS, 'The browser');
  } catch (cause) {
    // Where it couldn't be made, that is the reason; what is still being made isn't waited for.
    await Promise.race([blob, new Promise((resolve) => setTimeout(resolve))]);
    throw new QKError('clipboard-refused', 'The browser didn’t allow copying.', {
      hint: 'Allow the page to use the clipboard, or download a file instead.',
      cause,
    });
  }
}
