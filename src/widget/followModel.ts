// A notebook's model and a widget's session follow each other (anywidget's front-end module: https://anywidget.dev/en/afm/).
import { isSameHead } from '../figures/heatmapView.ts';
import type { AnyModel } from './anyModel.ts';
import type { Session } from './session.ts';
import { headOf, VALUE_NAMES, type ValueName } from './values.ts';

/**
 * Shows what the model's traits say, now and whenever one changes, and writes back what a hand changes. Traits that the model
 * doesn't have keep their defaults, and aren't written.
 * @returns a function that ends it
 */
export function followModel(model: AnyModel, session: Session): () => void {
  const { store } = session;
  const changed = new Set<ValueName>();
  let isOver = false;

  const follow = () => {
    const names = VALUE_NAMES.filter((name) => changed.delete(name));
    for (const name of names) if (!isOver) session.set(name, model.get(name));
  };
  const listeners = VALUE_NAMES.map((name) => {
    const listener = () => {
      // Traits that change together come one by one: they are taken together.
      if (changed.size === 0) queueMicrotask(follow);
      changed.add(name);
    };
    model.on(`change:${name}`, listener);
    return { event: `change:${name}`, listener };
  });
  for (const name of VALUE_NAMES) if (model.get(name) !== undefined) changed.add(name);
  follow();

  const unsubscribe = store.subscribe((state, before) => {
    let isWritten = false;
    const write = (name: ValueName, value: unknown) => {
      if (model.get(name) === undefined) return;
      model.set(name, value);
      isWritten = true;
    };
    for (const name of ['metric', 'sort'] as const)
      if (state[name] !== before[name] && model.get(name) !== state[name]) write(name, state[name]);
    const { pinned } = state;
    if (pinned !== before.pinned && !isSameHead(pinned, headOf(model.get('selection'))))
      write('selection', pinned === null ? null : { layer: pinned.layer, head: pinned.head });
    if (isWritten) model.save_changes();
  });

  return () => {
    isOver = true;
    unsubscribe();
    for (const { event, listener } of listeners) model.off(event, listener);
  };
}
