// What one widget shows, without the page: values are set from outside, results are read, and the maps' store follows.
import { createStore } from 'zustand/vanilla';
import type { WireError } from '../core/errors.ts';
import type { AnalysisResult } from '../core/result/index.ts';
import type { HeatmapView } from '../figures/heatmapView.ts';
import { metricsOf } from '../figures/metric.ts';
import type { FigureTheme, ThemeName } from '../figures/palette.ts';
import { createMapStore, scoredModels } from '../state/mapFile.ts';
import type { ModelState } from '../state/modelState.ts';
import { clearSelection, selectionActions } from '../state/selection.ts';
import { createTask } from '../state/task.ts';
import { INITIAL_VIEW } from '../state/view.ts';
import { viewsOfModels } from '../ui/modelViews.ts';
import { type GivenValues, readerOf } from './givenValues.ts';
import { readGivenResult, type Surrounds } from './readGivenResult.ts';
import { isUnset, type ValueName } from './values.ts';

/** What is shown around the maps. */
export interface WidgetState {
  readonly themeChoice: ThemeName | 'auto';
  /** A result is being read. */
  readonly isReading: boolean;
  /** Why there are no maps. */
  readonly error: WireError | null;
  /** What is wrong with values that were set: a sentence each. */
  readonly problems: Readonly<Partial<Record<ValueName, string>>>;
  /** Height of the element, px; 0 where it follows from the maps. */
  readonly height: number;
  /** Colours that the page around it gives. */
  readonly colours: Partial<FigureTheme>;
}

const INITIAL: WidgetState = {
  themeChoice: 'auto',
  isReading: false,
  error: null,
  problems: {},
  height: 0,
  colours: {},
};

export type Session = ReturnType<typeof createSession>;

/** Makes the session of one widget. */
export function createSession(surrounds: Surrounds) {
  // Keys work on the map alone: the page around it has keys of its own.
  const store = createMapStore({ pageKeys: false });
  const widget = createStore<WidgetState>(() => INITIAL);
  const reading = createTask<readonly AnalysisResult[]>();
  const { pin } = selectionActions({ store });
  const given: GivenValues = {};
  /** The selection that was set is looked for once the maps stand. */
  let isAwaited = false;

  const shownViews = () => viewsIn(store.getState().models);

  const read = readerOf(given, (name, problem) => {
    const { [name]: _, ...others } = widget.getState().problems;
    widget.setState({ problems: problem === null ? others : { ...others, [name]: problem } });
  });

  const setters: Readonly<Record<ValueName, () => void>> = {
    src: load,
    result: load,
    theme: () => widget.setState({ themeChoice: read.theme(widget.getState().themeChoice) }),
    palette() {
      const { settings } = store.getState();
      store.setState({ settings: { ...settings, palette: read.palette(settings.palette) } });
    },
    sort: () => store.setState(({ sort }) => ({ sort: read.sort(sort) })),
    stack() {
      const { models } = store.getState();
      const names = read.stacks(models);
      if (models.every(({ stackName }, index) => stackName === names[index])) return;
      store.setState({ models: withStacks(models, names), ...clearSelection('other') });
    },
    metric: () => store.setState(({ metric }) => ({ metric: read.metric(shownViews(), metric) })),
    selection() {
      isAwaited = reading.isRunning || shownViews().length === 0;
      if (!isAwaited) pin(read.selection(shownViews(), store.getState().pinned));
    },
  };

  function load(): void {
    if (isUnset(given.result) && isUnset(given.src)) {
      reading.dispose();
      show([]);
      widget.setState({ isReading: false, error: null });
      return;
    }
    widget.setState({ isReading: true });
    reading.run(
      async function* (signal) {
        yield await readGivenResult(given, surrounds, signal);
      },
      {
        onEvent: show,
        onEnd(error) {
          if (error !== null) show([]);
          widget.setState({ isReading: false, error });
        },
      },
    );
  }

  /** Shows results in one step: whoever follows the store never sees the heads of one result on another. */
  function show(results: readonly AnalysisResult[]): void {
    const state = store.getState();
    const unnamed = scoredModels(results);
    const models = results.length > 0 ? withStacks(unnamed, read.stacks(unnamed)) : unnamed;
    const views = viewsIn(models);
    const isMeasured = metricsOf(views).some(({ id }) => id === state.metric);
    const metric = isMeasured ? state.metric : INITIAL_VIEW.metric;
    const isSame = namesOf(views) === namesOf(viewsIn(state.models));
    const kept = isSame ? state.pinned : null;
    const pinned = isAwaited && views.length > 0 ? read.selection(views, kept) : kept;
    if (views.length > 0) isAwaited = false;
    store.setState({
      models,
      ...clearSelection(isSame ? 'same' : 'other'),
      ...{ pinned, cursor: pinned, metric: read.metric(views, metric) },
    });
  }

  // What a hand chose holds for the next result too.
  store.subscribe(({ metric }, before) => {
    if (metric !== before.metric) given.metric = metric;
  });

  return {
    store,
    widget,
    /** Sets one of the values, whatever it is; undefined, null and '' stand for its default. */
    set(name: ValueName, value: unknown): void {
      given[name] = value;
      setters[name]();
    },
    dispose: () => reading.dispose(),
  };
}

function withStacks(models: readonly ModelState[], names: readonly string[]): ModelState[] {
  return models.map((model, index) => ({ ...model, stackName: names[index] ?? model.stackName }));
}

function viewsIn(models: readonly ModelState[]): HeatmapView[] {
  return viewsOfModels(models).flatMap((view) => view ?? []);
}

/** What the maps are of. */
function namesOf(views: readonly HeatmapView[]): string {
  return JSON.stringify(views.map(({ title, shape }) => [title, shape]));
}
