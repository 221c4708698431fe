import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { copyBlob, copyText } from '../../../../src/ui/widgets/clipboard.ts';

const NEVER = new Promise<never>(() => {});
const MINUTE = 60_000;

/** A browser whose clipboard answers so. */
function browserThat(write: () => Promise<void>): void {
  vi.stubGlobal('navigator', { clipboard: { write } });
  vi.stubGlobal('ClipboardItem', class {});
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** What came of it by now: "waiting", "copied", or the error's code or message. */
function outcomeOf(copying: Promise<void>): { readonly now: string } {
  const outcome = { now: 'waiting' };
  copying.then(
    () => {
      outcome.now = 'copied';
    },
    (error: { code?: string; message: string }) => {
      outcome.now = error.code ?? error.message;
    },
  );
  return outcome;
}

it('a copy is refused in words a minute after the browser was asked, and not before', async () => {
  browserThat(() => NEVER);
  const outcome = outcomeOf(copyText('0.5'));
  await vi.advanceTimersByTimeAsync(MINUTE - 1);
  expect(outcome.now).toBe('waiting');
  await vi.advanceTimersByTimeAsync(2);
  expect(outcome.now).toBe('clipboard-refused');
});

it('a copy of what is never made ends, too', async () => {
  browserThat(() => NEVER);
  const outcome = outcomeOf(copyBlob('image/png', NEVER));
  await vi.advanceTimersByTimeAsync(MINUTE + 1);
  expect(outcome.now).toBe('clipboard-refused');
});

it('a copy of what can’t be made fails with its reason', async () => {
  const made = Promise.reject(new Error('no picture'));
  browserThat(async () => void (await made));
  const outcome = outcomeOf(copyBlob('image/png', made));
  await vi.advanceTimersByTimeAsync(0);
  expect(outcome.now).toBe('no picture');
});

it('a copy that the browser refuses at once says what can be done', async () => {
  browserThat(() => Promise.reject(new DOMException('Not allowed.', 'NotAllowedError')));
  const copying = copyText('0.5');
  const refusal = expect(copying).rejects.toMatchObject({
    code: 'clipboard-refused',
    hint: expect.stringContaining('download'),
  });
  await vi.advanceTimersByTimeAsync(1);
  await refusal;
});
