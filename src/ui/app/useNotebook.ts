import { useEffect, useMemo, useState } from 'react';
import type { NotebookComparison } from '../../core/notebook/notebookScores.ts';
import type { ModelState } from '../../state/modelState.ts';
import { resultOf } from '../../state/selectors.ts';

type Notebook = typeof import('../../core/notebook/notebookScores.ts');

/**
 * How a model's scores compare with those that the notebook printed; null where it printed none of it, or where its
 * table couldn't be fetched: then its tab is missing, and nothing else.
 */
export function useNotebook(model: ModelState | undefined): NotebookComparison | null {
  const [notebook, setNotebook] = useState<Notebook | null>(null);
  useEffect(() => {
    let isGone = false;
    import('../../core/notebook/notebookScores.ts').then(
      (module) => !isGone && setNotebook(module),
      () => {},
    );
    return () => {
      isGone = true;
    };
  }, []);
  return useMemo(() => {
    // The notebook's own table is no comparison.
    const isOther = model === undefined || model.origin?.kind === 'gallery';
    const result = isOther ? null : resultOf(model, '', () => '');
    return notebook === null || result === null ? null : notebook.compareWithNotebook(result);
  }, [model, notebook]);
}
