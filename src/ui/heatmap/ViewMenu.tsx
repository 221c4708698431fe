import type { ColourDomain } from '../../figures/colourDomain.ts';
import { DEFAULT_PALETTE } from '../../state/settings.ts';
import { INITIAL_VIEW } from '../../state/view.ts';
import { useAppState } from '../appContext.ts';
import { lazyWithPreload } from '../widgets/lazyWithPreload.tsx';
import { useMenu } from '../widgets/useMenu.ts';

const LazyViewOptions = lazyWithPreload(() => import('./ViewOptions.tsx'), 'ViewOptions', 240);

interface ViewMenuProps {
  readonly domain: ColourDomain;
  /** The d of all models shown; undefined where they differ. */
  readonly dModel: number | undefined;
}

/** Opens the scale, the order and the colours of the maps; its name counts what differs from the default. */
export function ViewMenu({ domain, dModel }: ViewMenuProps) {
  const sort = useAppState((state) => state.sort);
  const palette = useAppState((state) => state.settings.palette);
  const menu = useMenu();
  const changes = [
    domain.mode !== INITIAL_VIEW.scale,
    sort !== INITIAL_VIEW.sort,
    palette !== DEFAULT_PALETTE,
  ].filter(Boolean).length;
  return (
    <details className="menu" {...menu.props} onPointerEnter={LazyViewOptions.preload}>
      <summary
        className="button button-plain button-menu"
        title="Scale, order and colours"
        aria-label={changes === 0 ? 'View' : `View, ${changes} changed`}
      >
        View{changes > 0 && <span className="menu-count">{changes}</span>}
      </summary>
      <div className="menu-box menu-start view-box">
        {menu.wasOpened && <LazyViewOptions domain={domain} dModel={dModel} changes={changes} />}
      </div>
    </details>
  );
}
