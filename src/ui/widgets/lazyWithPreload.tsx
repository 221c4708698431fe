import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { Button } from './Button.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Notice } from './Notice.tsx';
import { type LoadingStatus, watchLoading } from './watchLoading.ts';

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
 * @param minHeight px that are reserved until the code is there, so that what is below doesn't jump; 0 for no place at all
 * @param isAsked true where a click asked for it: then also what has no place says that it is waited for
 */
export function lazyWithPreload<Module, Name extends keyof Module>(
  load: () => Promise<Module>,
  name: Name,
  minHeight: number,
  isAsked = false,
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
    const [status, setStatus] = useState<LoadingStatus>(Loaded === null ? 'waiting' : 'there');
    const [tries, setTries] = useState(0);
    // biome-ignore lint/correctness/useExhaustiveDependencies: each try is watched anew
    useEffect(() => (Loaded === null ? watchLoading(fetchCode(), setStatus) : undefined), [tries]);
    if (Loaded !== null)
      return (
        <ErrorBoundary>
          <Loaded {...props} />
        </ErrorBoundary>
      );
    const isOut = status === 'failed' || status === 'late';
    // An empty box would still part what stands before and after it.
    if (!isOut && minHeight === 0 && !(isAsked && status === 'slow')) return null;
    const again = () => {
      setStatus('waiting');
      setTries(tries + 1);
    };
    return (
      <div style={{ minHeight }} aria-busy={!isOut}>
        {status === 'slow' && (
          <p className="quiet" role="status">
            Waiting for this page’s server to send this part of the page.
          </p>
        )}
        {isOut && (
          <Notice
            kind="error"
            message="The code of this part of the page couldn’t be fetched."
            hint="Is the page’s server still running? If the page was updated meanwhile, reload it."
          >
            {status === 'late' ? (
              <Button onClick={() => location.reload()}>Reload the page</Button>
            ) : (
              <Button onClick={again}>Try again</Button>
            )}
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
