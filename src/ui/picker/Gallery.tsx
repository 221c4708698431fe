import { useEffect, useState } from 'react';
import type { GalleryEntry } from '../../state/gallery.ts';
import { useActions } from '../appContext.ts';

/** Models whose scores come with the page; nothing where there are none. */
export function Gallery() {
  const { models, page } = useActions();
  const [entries, setEntries] = useState<readonly GalleryEntry[]>([]);
  useEffect(() => {
    let isGone = false;
    // A page that is served without the list has no gallery.
    models.gallery().then(
      (list) => !isGone && setEntries(list),
      () => {},
    );
    return () => {
      isGone = true;
    };
  }, [models]);
  if (entries.length === 0) return null;
  return (
    <div className="chips picker-row">
      <span className="quiet">Scores without weights:</span>
      {entries.map((entry) => (
        <button
          key={entry.file}
          type="button"
          className="chip"
          onClick={() => models.openGalleryEntry(entry).catch(page.showError)}
        >
          {entry.title}, {entry.mark}
        </button>
      ))}
    </div>
  );
}
