import { lazyWithPreload } from '../widgets/lazyWithPreload.tsx';
import { useMenu } from '../widgets/useMenu.ts';
import './settings.css';

const LazySettings = lazyWithPreload(() => import('./SettingsForm.tsx'), 'SettingsForm', 480);

/** Opens the settings, whose code comes with them. */
export function SettingsMenu() {
  const menu = useMenu();
  return (
    <details className="menu" {...menu.props} onPointerEnter={LazySettings.preload}>
      <summary className="button button-quiet">Settings</summary>
      <div className="menu-box settings">{menu.isOpen && <LazySettings onSaved={menu.closeAndStay} />}</div>
    </details>
  );
}
