import type { AnyModel } from '../../../src/widget/anyModel.ts';

/** A host's model with what anywidget's specification documents, and nothing else: listeners get no arguments. */
export interface FakeModel extends AnyModel {
  /** What Python sees: the traits as they were saved last. */
  readonly saved: Record<string, unknown>;
  /** What Python sets: the traits change together, then the listeners are called. */
  fromPython(traits: Record<string, unknown>): void;
  /** Listeners that are still there. */
  listening(): number;
}

export function fakeModel(traits: Record<string, unknown>): FakeModel {
  const values = { ...traits };
  const saved = { ...traits };
  const unsaved = new Set<string>();
  const listeners = new Map<string, Set<() => void>>();
  const emit = (name: string) => {
    for (const listener of listeners.get(`change:${name}`) ?? []) listener();
  };
  const put = (name: string, value: unknown) => {
    if (JSON.stringify(values[name]) === JSON.stringify(value)) return;
    values[name] = value;
    unsaved.add(name);
    emit(name);
  };
  return {
    saved,
    get: (name) => values[name],
    set: put,
    on: (event, listener) => listeners.set(event, (listeners.get(event) ?? new Set()).add(listener)),
    off: (event, listener) => listeners.get(event)?.delete(listener),
    save_changes() {
      for (const name of unsaved) saved[name] = values[name];
      unsaved.clear();
    },
    send() {
      throw new Error('The widget sends no messages.');
    },
    fromPython(changes) {
      Object.assign(values, changes);
      Object.assign(saved, changes);
      for (const name of Object.keys(changes)) emit(name);
    },
    listening: () => [...listeners.values()].reduce((sum, { size }) => sum + size, 0),
  };
}
