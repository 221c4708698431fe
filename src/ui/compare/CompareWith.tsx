import { useAppState } from '../appContext.ts';
import { lazyWithPreload } from '../widgets/lazyWithPreload.tsx';
import { useMenu } from '../widgets/useMenu.ts';
import './compareWith.css';

const LazyCompareForm = lazyWithPreload(() => import('./CompareForm.tsx'), 'CompareForm', 160);

/** The menu that opens a second model beside the first. */
export function CompareWith() {
  const isOpened = useAppState((state) => state.models.length > 0);
  const menu = useMenu();
  if (!isOpened) return null;
  return (
    <details className="menu" {...menu.props} onPointerEnter={LazyCompareForm.preload}>
      <summary className="button button-plain button-menu">Compare</summary>
      {menu.isOpen && (
        <div className="menu-box menu-start compare-box">
          <LazyCompareForm onDone={menu.closeAndStay} />
        </div>
      )}
    </details>
  );
}
