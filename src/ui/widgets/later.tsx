import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { Button } from './Button.tsx';
import { Notice } from './Notice.tsx';

/** A part of the page whose code is fetched when it is first shown, or before. */
export interface LaterPart<Props extends object> {
  (props: Props): ReactNode;
  /** Ahead of time; a failure is told where the part is shown. */
  fetch(): void;
}

/**
 * The first view shouldn't wait for what it doesn't show. React's own lazy shows what stands instead for a third of a second even
 * where the code is there already, and never tries again after a failure.
 * @param room px that are kept meanwhile, so that what is below doesn't jump.
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  room: number,
): LaterPart<Props> {
  let Part: ComponentType<Props> | null = null;
  let loading: Promise<void> | null = null;
  const fetchPart = (): Promise<void> => {
    loading ??= load().then(
      (loaded) => {
        Part = loaded;
      },
      (error: unknown) => {
        loading = null;
        throw error;
      },
    );
    return loading;
  };
  function Later(props: Props) {
    const [status, setStatus] = useState<'waiting' | 'there' | 'failed'>(Part === null ? 'waiting' : 'there');
    useEffect(() => {
      if (status !== 'waiting') return;
      let isGone = false;
      const settle = (how: 'there' | 'failed') => () => {
        if (!isGone) setStatus(how);
      };
      fetchPart().then(settle('there'), settle('failed'));
      return () => {
        isGone = true;
      };
    }, [status]);
    if (Part !== null) return <Part {...props} />;
    return (
      <div style={{ minHeight: room }} aria-busy={status === 'waiting'}>
        {status === 'failed' && (
          <Notice
            kind="error"
            message="The code of this part of the page couldn’t be fetched."
            hint="Is the page’s server still there? If the page was renewed meanwhile, load it again."
          >
            <Button onClick={() => setStatus('waiting')}>Try again</Button>
          </Notice>
        )}
      </div>
    );
  }
  Later.fetch = () => {
    fetchPart().catch(() => {});
  };
  return Later;
}
