// What runs in the page. Each function is sent there as text: it may use its argument and the page's globals alone.

/** An export as the page hands it to the browser. */
export interface SavedFile {
  readonly name: string;
  readonly type: string;
  readonly base64: string;
}

/** What the page copied, and whether the browser let it. */
export interface Copied {
  readonly type: string;
  /** Empty for a picture. */
  readonly text: string;
  readonly isAllowed: boolean;
}

interface Watched {
  readonly saved: Promise<SavedFile>[];
  readonly copied: Copied[];
  /** What the page's policy refused. */
  readonly violations: string[];
}

/**
 * Marks the one element of a role and name that can be seen, so that a driver finds it; its selector, or null where there is none.
 * A name is a regular expression.
 */
export function markNamed({ role, name, within }: { role: string; name: string; within: string }) {
  const selectors: Record<string, string> = {
    button: 'button, [role=button], summary',
    tab: '[role=tab]',
    radio: 'input[type=radio]',
    checkbox: 'input[type=checkbox]',
    combobox: '[role=combobox], select',
    grid: '[role=grid]',
    alert: '[role=alert]',
    searchbox: 'input[type=search]',
    figure: 'figure',
    dialog: 'dialog[open], [role=dialog]',
  };
  const nameOf = (element: Element) =>
    (
      element.getAttribute('aria-label') ??
      (element.getAttribute('aria-labelledby') ?? '')
        .split(' ')
        .map((id) => document.getElementById(id)?.textContent ?? '')
        .join(' ')
    ).trim() ||
    [...((element as HTMLInputElement).labels ?? [])].map((label) => label.textContent).join(' ') ||
    (element.textContent ?? '');
  const wanted = new RegExp(name, 'u');
  const places = [...document.querySelectorAll(within)];
  const found = places
    .flatMap((place) => [...place.querySelectorAll(selectors[role] ?? `[role=${role}]`)])
    .find((element) => wanted.test(nameOf(element).trim()) && element.getClientRects().length > 0);
  if (found === undefined) return null;
  document.querySelector('[data-smoke]')?.removeAttribute('data-smoke');
  found.setAttribute('data-smoke', '');
  found.scrollIntoView({ block: 'center' });
  return '[data-smoke]';
}

/** Keeps what the page saves as files and what it copies. */
export function watchFiles(): void {
  const watched: Watched = { saved: [], copied: [], violations: [] };
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    watched.violations.push(`${violatedDirective} ${blockedURI}`);
  });
  Object.assign(globalThis, { smoke: watched });
  const blobs = new Map<string, Blob>();
  const { createObjectURL } = URL;
  URL.createObjectURL = (object) => {
    const url = createObjectURL.call(URL, object);
    if (object instanceof Blob) blobs.set(url, object);
    return url;
  };
  const { click } = HTMLAnchorElement.prototype;
  HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
    const blob = blobs.get(this.href);
    if (this.download !== '' && blob !== undefined)
      watched.saved.push(
        new Promise((resolve) => {
          const reader = new FileReader();
          reader.onload = () =>
            resolve({
              name: this.download,
              type: blob.type,
              base64: String(reader.result).replace(/^.*,/, ''),
            });
          reader.readAsDataURL(blob);
        }),
      );
    click.call(this);
  };
  const { clipboard } = navigator;
  if (clipboard === undefined) return;
  const write = clipboard.write.bind(clipboard);
  clipboard.write = async (items) => {
    const [item] = [...items];
    const type = item?.types[0] ?? '';
    const outcome = write(items).then(
      () => true,
      () => false,
    );
    const text = type === 'text/plain' ? await (await item!.getType(type)).text() : '';
    const copied = { type, text, isAllowed: await outcome };
    watched.copied.push(copied);
    if (!copied.isAllowed) throw new DOMException('The clipboard is refused.', 'NotAllowedError');
  };
}

/** Takes what was saved since the last call; null while nothing was. */
export function takeSaved(): Promise<SavedFile> | null {
  return (globalThis as unknown as { smoke: Watched }).smoke.saved.shift() ?? null;
}

/** Takes what was copied since the last call; null while nothing was. */
export function takeCopied(): Copied | null {
  return (globalThis as unknown as { smoke: Watched }).smoke.copied.shift() ?? null;
}

/** Drops files as a drag from the desktop does. */
export function dropFiles(files: readonly { name: string; base64: string }[]): void {
  const transfer = new DataTransfer();
  for (const { name, base64 } of files)
    transfer.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], name));
  for (const type of ['dragenter', 'dragover', 'drop'])
    document.body.dispatchEvent(
      new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }),
    );
}

/** Points at the one model that is drawn over parameters, at the left and in the middle of the height, and clicks on it. */
export function clickOnlyPoint(): void {
  const canvas = document.querySelector('.plot-canvas');
  if (canvas === null) return;
  const { left, top, height } = canvas.getBoundingClientRect();
  const at = { clientX: left + 12, clientY: top + height / 2, bubbles: true };
  canvas.dispatchEvent(new PointerEvent('pointermove', at));
  setTimeout(() => canvas.dispatchEvent(new MouseEvent('click', at)), 100);
}
