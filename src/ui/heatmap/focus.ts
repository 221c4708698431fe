/** Moves the focus between the maps, the head panel and the jump box. Maps are found by their role. */
export const HEAD_PANEL_ID = 'head-panel';
export const JUMP_BOX_ID = 'jump-box';

/** Moves the focus from the map to the head panel; Escape there leads back. */
export function focusHeadPanel(): void {
  besideMap(HEAD_PANEL_ID)?.focus();
}

let lastGrid: WeakRef<HTMLElement> | null = null;

/** Remembers the map that has the focus: of several maps it is the one that gets it back. */
export function rememberGrid(grid: HTMLElement): void {
  lastGrid = new WeakRef(grid);
}

/** The element of that id in the tree of the map that had the focus: where a map is part of another page, that may have such an id. */
function besideMap(id: string): HTMLElement | null {
  const root = lastGrid?.deref()?.getRootNode();
  return (root instanceof ShadowRoot ? root : document).getElementById(id);
}

export function focusGrid(): void {
  const last = lastGrid?.deref();
  const grid = last?.isConnected ? last : document.querySelector<HTMLElement>('[role=grid]');
  grid?.focus({ preventScroll: true });
}

export function focusJumpBox(): void {
  const box = besideMap(JUMP_BOX_ID);
  if (!(box instanceof HTMLInputElement)) return;
  box.focus();
  box.select();
}

/** Whether a key was pressed on a map. */
export function isOnMap(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[role=grid]') !== null;
}

/** True while the user writes text, so that letters aren't commands. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, dialog[open]') !== null)
  );
}
