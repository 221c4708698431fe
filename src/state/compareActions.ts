import type { StoreApi } from 'zustand/vanilla';
import { toWire } from '../core/errors.ts';
import type { ModelChoice } from '../core/repos/index.ts';
import type { Convention } from '../core/weights/convention.ts';
import type { AppState, ModelState } from './appState.ts';
import { hubChoice } from './hubChoice.ts';
import { dropMissingMetrics } from './ownScoresActions.ts';
import { isWithoutPlan, replaceModels } from './replacedModels.ts';

export interface CompareDeps {
  readonly store: StoreApi<AppState>;
  /** Begins reading and scoring a model. */
  start(choice: ModelChoice, asked: string, options: { readonly convention?: Convention }): ModelState;
  /** Ends what still runs for a model. */
  stop(key: number): void;
  /** Ends the timing comparison, which is the first model's. */
  stopTiming(): void;
}

/** A second model beside the first: opened, replaced, closed, the two exchanged. Never more than two. */
export function compareActions({ store, start, stop, stopTiming }: CompareDeps) {
  /** The first stays as it is; a second one that is there already makes room, once the new one has a map. */
  function openBeside(choice: ModelChoice, asked: string): number {
    const [first, second] = store.getState().models;
    if (second !== undefined && isWithoutPlan(second)) stop(second.key);
    // Two maps are compared under one convention.
    const model = start(choice, asked, first === undefined ? {} : { convention: first.convention });
    store.setState((state) => {
      const changed = replaceModels(state, second === undefined ? [] : [second], [model]);
      return { ...dropMissingMetrics(state, changed.models), ...changed, notice: null, hovered: null };
    });
    return model.key;
  }

  /** Another first model: what was timed was the old one. */
  function setModels(models: readonly ModelState[]): void {
    if (models[0]?.key !== store.getState().models[0]?.key) stopTiming();
    store.setState((state) => ({ ...dropMissingMetrics(state, models), models, hovered: null }));
  }

  return {
    /** `gpt2`, `owner/model@revision` or a hub URL, beside the model that is open. */
    async openText(text: string): Promise<void> {
      try {
        openBeside(await hubChoice(text), text.trim());
      } catch (error) {
        store.setState({ notice: toWire(error) });
      }
    },
    open: openBeside,
    /** Takes one of two models off the page. The last one stays. */
    close(index: number): void {
      const { models } = store.getState();
      const closed = models[index];
      if (closed === undefined || models.length < 2) return;
      stop(closed.key);
      setModels(models.filter((model) => model !== closed));
    },
    /** The left one to the right: the difference changes its sign. */
    swap(): void {
      const [first, second] = store.getState().models;
      if (first !== undefined && second !== undefined) setModels([second, first]);
    },
  };
}
