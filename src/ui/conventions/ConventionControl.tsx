import { useAppState } from '../appContext.ts';
import { lazyWithPreload } from '../widgets/lazyWithPreload.tsx';
import { useMenu } from '../widgets/useMenu.ts';
import { choiceOnPage, shortText } from './conventionState.ts';
import './conventions.css';

const LazyConvention = lazyWithPreload(() => import('./ConventionForm.tsx'), 'ConventionForm', 320);

/** Names what is done to the weights before scoring (nothing by default), and opens the menu that changes it. */
export function ConventionControl() {
  const models = useAppState((state) => state.models);
  const menu = useMenu();
  const choice = choiceOnPage(models);
  if (choice === null) return null;
  return (
    <span className="convention">
      <details className="menu" {...menu.props} onPointerEnter={LazyConvention.preload}>
        <summary
          className="button button-plain button-menu"
          title="Convention: what is done to the weights before they are scored"
        >
          {shortText(choice)}
        </summary>
        <div className="menu-box menu-start convention-box">
          {menu.wasOpened && <LazyConvention choice={choice} />}
        </div>
      </details>
    </span>
  );
}
