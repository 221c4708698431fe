import { useState } from 'react';
import { formatBytes } from '../../figures/format.ts';
import { useActions } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';

/** Recomputes the scores of a link: reads the headers, says how many bytes of weights it takes, and reads them after a second click. */
export function Recompute({ index }: { readonly index: number }) {
  const actions = useActions();
  const [bytes, setBytes] = useState<number | 'asking' | null>(null);
  const ask = async () => {
    setBytes('asking');
    try {
      const found = await actions.links.bytesToRead(index);
      if (found === null) actions.models.retry(index);
      else setBytes(found);
    } catch (error) {
      setBytes(null);
      actions.page.showError(error);
    }
  };
  if (typeof bytes === 'number')
    return (
      <Button onClick={() => actions.models.readWeights(index)}>Read {formatBytes(bytes)} and score</Button>
    );
  return (
    <Button onClick={ask} disabled={bytes === 'asking'}>
      {bytes === 'asking' ? 'Reading the headers…' : 'Recompute'}
    </Button>
  );
}
