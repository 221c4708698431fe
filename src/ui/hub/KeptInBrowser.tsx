import { useEffect, useState } from 'react';
import { formatBytes } from '../../figures/format.ts';
import { useActions, useAppState } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';

/** Weights are saved in the origin private file system, which WebKitGTK lacks. */
const HAS_PRIVATE_FILES = typeof navigator !== 'undefined' && navigator.storage?.getDirectory !== undefined;

/** Shows what is saved in this browser, how much room it takes, and clears it. */
export function KeptInBrowser() {
  const actions = useActions();
  const keepsBytes = useAppState((state) => state.settings.keepsBytes);
  const [usage, setUsage] = useState({ scores: 0, bytes: 0, recent: 0 });
  const [asked, setAsked] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again after something was cleared
  useEffect(() => {
    let isCurrent = true;
    const recent = actions.links.recentModels().catch(() => []);
    void Promise.all([actions.saved.usage(), recent]).then(([now, { length }]) => {
      if (isCurrent) setUsage({ ...now, recent: length });
    });
    return () => {
      isCurrent = false;
    };
  }, [actions, asked]);
  const clear = (what: () => Promise<void>) => void what().then(() => setAsked(asked + 1));
  return (
    <fieldset className="saved form-part">
      <legend className="control-label">saved in this browser</legend>
      <p>
        Scores of {usage.scores} {usage.scores === 1 ? 'model' : 'models'} from the hub.{' '}
        <Button kind="quiet" disabled={usage.scores === 0} onClick={() => clear(actions.saved.clearScores)}>
          Clear scores
        </Button>
      </p>
      <p>
        {usage.recent} recent {usage.recent === 1 ? 'model' : 'models'} under the model’s input.{' '}
        <Button
          kind="quiet"
          disabled={usage.recent === 0}
          onClick={() => clear(actions.links.clearRecentModels)}
        >
          Clear list
        </Button>
      </p>
      <label>
        <input
          type="checkbox"
          checked={keepsBytes && HAS_PRIVATE_FILES}
          disabled={!HAS_PRIVATE_FILES}
          onChange={(event) => actions.settings.set({ keepsBytes: event.target.checked })}
        />{' '}
        Also save the weights that are read
      </label>
      {!HAS_PRIVATE_FILES && (
        <p className="quiet">Not here: this browser gives pages no files of their own.</p>
      )}
      <p>
        {formatBytes(usage.bytes)} of weights.{' '}
        <Button kind="quiet" disabled={usage.bytes === 0} onClick={() => clear(actions.saved.clearBytes)}>
          Clear weights
        </Button>
      </p>
    </fieldset>
  );
}
