import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { Actions } from '../state/actions.ts';
import type { AppState } from '../state/appState.ts';

/** What the maps themselves ask for: a file that holds a map has no other actions. */
export type MapActions = Pick<Actions, 'selection' | 'view' | 'page'>;

/** The store and the actions, made once in main.tsx. */
export const AppContext = createContext<{
  readonly store: StoreApi<AppState>;
  readonly actions: Actions | MapActions;
} | null>(null);

function useApp() {
  const app = useContext(AppContext);
  if (app === null) throw new Error('This component needs <AppContext> above it.');
  return app;
}

/** A part of the state; the component renders again only when that part changes. */
export function useAppState<T>(select: (state: AppState) => T): T {
  return useStore(useApp().store, select);
}

/** The store itself, for handlers that read it when something happens and render nothing of it. */
export function useAppStore(): StoreApi<AppState> {
  return useApp().store;
}

export function useActions(): Actions {
  const { actions } = useApp();
  if (!('models' in actions)) throw new Error('This component needs the actions of the whole page.');
  return actions;
}

export function useMapActions(): MapActions {
  return useApp().actions;
}
