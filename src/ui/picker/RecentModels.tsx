import { useEffect, useState } from 'react';
import type { RecentModel } from '../../state/recentModels.ts';
import { useActions } from '../appContext.ts';

/** The models that were opened last, as links; nothing where there are none. */
export function RecentModels() {
  const { links } = useActions();
  const [models, setModels] = useState<readonly RecentModel[]>([]);
  useEffect(() => {
    let isGone = false;
    // Without its code the list is empty, and nothing else is missing.
    links.recentModels().then(
      (list) => !isGone && setModels(list),
      () => {},
    );
    return () => {
      isGone = true;
    };
  }, [links]);
  if (models.length === 0) return null;
  return (
    <div className="chips picker-row">
      <span className="quiet">Recent:</span>
      {models.map(({ title, fragment, isLocal }) => (
        <a
          key={fragment}
          className="chip"
          href={fragment}
          title={isLocal ? `${title}: its file is to be chosen again` : title}
        >
          {title}
          {isLocal && <span className="chip-mark"> file</span>}
        </a>
      ))}
    </div>
  );
}
