import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { Button } from './Button.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Notice } from './Notice.tsx';

/** A part of the page whose code is fetched when it is first shown, or before. */
export interface LazyComponent<Props extends object> {
  (props: Props): ReactNode;
  /** Fetches the code ahead of time; a failure is shown where the component is. */
  preload(): void;
}

type PropsOf<Component> = Component extends ComponentType<infer Props extends object> ? Props : never;

/**
 * A component whose code isn't part of the first load. React's own lazy shows its fallback for a third of a second even where the
 * code is there already, and never tries again after a failure.
 * @param load imports the module
 * @param name of the component among the module's exports
 * @param minHeight px that are reserved until the code is there, so that what is below doesn't jump
 */
export function lazyWithPreload<Module, Name extends keyof Module>(
  load: () => Promise<Module>,
  name: Name,
  minHeight: number,
): LazyComponent<PropsOf<Module[Name]>> {
  type Props = PropsOf<Module[Name]>;
  let Loaded: ComponentType<Props> | null = null;
  let loading: Promise<void> | null = null;
  const fetchCode = (): Promise<void> => {
    loading ??= load().then(
      (module) => {
        Loaded = module[name] as ComponentType<Props>;
      },
      (error: unknown) => {
        loading = null;
        throw error;
      },
    );
    return loading;
  };
  function Lazy(props: Props) {
    const [status, setStatus] = useState<'waiting' | 'there' | 'failed'>(
      Loaded === null ? 'waiting' : 'there',
    );
    useEffect(() => {
      if (status !== 'waiting') return;
      let isUnmounted = false;
      const settle = (outcome: 'there' | 'failed') => () => {
        if (!isUnmounted) setStatus(outcome);
      };
      fetchCode().then(settle('there'), settle('failed'));
      return () => {
        isUnmounted = true;
      };
    }, [status]);
    if (Loaded !== null)
      return (
        <ErrorBoundary>
          <Loaded {...props} />
        </ErrorBoundary>
      );
    return (
      <div style={{ minHeight }} aria-busy={status === 'waiting'}>
        {status === 'failed' && (
          <Notice
            kind="error"
            message="The code of this part of the page couldn’t be fetched."
            hint="Is the page’s server still running? If the page was updated meanwhile, reload it."
          >
            <Button onClick={() => setStatus('waiting')}>Try again</Button>
          </Notice>
        )}
      </div>
    );
  }
  Lazy.preload = () => {
    fetchCode().catch(() => {});
  };
  return Lazy;
}
