/** The model of anywidget's specification: what every host of such modules offers, and no more. */
export interface AnyModel {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  /** Listeners are called without arguments. */
  on(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
  save_changes(): void;
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[] | ArrayBufferView[]): void;
}
