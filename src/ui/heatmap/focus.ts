/** Marks where keys lead: the head panel, the jump box. Maps are found by their role. */
export const HEAD_PANEL_ID = 'head-panel';
export const JUMP_BOX_ID = 'jump-box';

/** From the map to what is known of the head; Escape leads back. */
export function focusHeadPanel(): void {
  document.getElementById(HEAD_PANEL_ID)?.focus();
}

let lastGrid: WeakRef<HTMLElement> | null = null;

/** Of several maps the one that had the focus last gets it back. */
export function rememberGrid(grid: HTMLElement): void {
  lastGrid = new WeakRef(grid);
}

export function focusGrid(): void {
  const last = lastGrid?.deref();
  const grid = last?.isConnected ? last : document.querySelector<HTMLElement>('[role=grid]');
  grid?.focus({ preventScroll: true });
}

export function focusJumpBox(): void {
  const box = document.getElementById(JUMP_BOX_ID);
  if (!(box instanceof HTMLInputElement)) return;
  box.focus();
  box.select();
}

/** Whether a key was pressed on a map. */
export function isOnMap(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[role=grid]') !== null;
}

/** True while someone writes: then letters are letters. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, dialog[open]') !== null)
  );
}
