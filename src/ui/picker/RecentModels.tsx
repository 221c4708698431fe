import { useEffect, useState } from 'react';
import type { RecentModel } from '../../state/recentModels.ts';
import { useActions } from '../appContext.ts';

/** The models that were opened last, as links; nothing where there are none. */
export function RecentModels() {
  const { saved } = useActions();
  const [models, setModels] = useState<readonly RecentModel[]>([]);
  useEffect(() => {
    let isGone = false;
    // Without its code the list is empty, and nothing else is missing.
    saved.recentModels().then(
      (list) => !isGone && setModels(list),
      () => {},
    );
    return () => {
      isGone = true;
    };
  }, [saved]);
  if (models.length === 0) return null;
  return (
    <div className="chips picker-recent">
      <span className="quiet">Recent:</span>
      {models.map(({ title, fragment, isLocal }) => (
        <a
          key={fragment}
          className="chip"
          href={fragment}
          title={isLocal ? `${title}: its file is to be chosen again` : title}
          // What it opens is the map: the list closes.
          onClick={(event) => event.currentTarget.blur()}
        >
          {title}
          {isLocal && <span className="chip-mark"> file</span>}
        </a>
      ))}
    </div>
  );
}
