import { type FormEvent, useState } from 'react';
import type { EngineChoice } from '../../core/engines/index.ts';
import { DEFAULT_HUB } from '../../state/settings.ts';
import { useActions, useAppState } from '../appContext.ts';
import { LazyKeptInBrowser, LazyTokenForm } from '../hub/lazyHub.ts';
import { Button } from '../widgets/Button.tsx';
import { OfflinePage } from './OfflinePage.tsx';

const ENGINE_NAMES: Readonly<Record<Exclude<EngineChoice, 'auto'>, string>> = {
  webgpu: 'WebGPU',
  wasm: 'WASM',
  'ort-webgpu': 'WebGPU (onnxruntime-web)',
  'ort-wasm': 'WASM (onnxruntime-web)',
  reference: 'float64 reference',
};

/** The engine, and the hub's address for mirrors. Kept in this browser; no link can set them. */
export function SettingsForm({ onSaved }: { readonly onSaved: () => void }) {
  const actions = useActions();
  const settings = useAppState((state) => state.settings);
  const engines = useAppState((state) => state.engines);
  const [hub, setHub] = useState(settings.hubUrl);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const address = hub.trim() === '' ? DEFAULT_HUB : hub.trim();
    setHub(address);
    actions.settings.set({ hubUrl: address });
    onSaved();
  };
  return (
    <>
      <form className="form-part" onSubmit={submit}>
        <label>
          <span className="control-label">engine</span>
          <select
            className="select"
            value={settings.engine}
            onChange={(event) => actions.settings.set({ engine: event.target.value as EngineChoice })}
          >
            <option value="auto">automatic</option>
            {engines.map(({ id, available, detail }) => (
              <option key={id} value={id} disabled={!available}>
                {ENGINE_NAMES[id]}
                {available ? '' : `: ${detail}`}
              </option>
            ))}
          </select>
        </label>
        <p className="quiet">
          Used from the next model on. Automatic: WebGPU if there is a GPU, otherwise WASM.
        </p>
        <label>
          <span className="control-label">hub address</span>
          <input
            className="input"
            type="url"
            value={hub}
            placeholder={DEFAULT_HUB}
            onChange={(event) => setHub(event.target.value)}
          />
        </label>
        <p className="quiet">
          huggingface.co, or a mirror of it. Model names you type are sent only to this address.
        </p>
        <Button type="submit">Save</Button>
      </form>
      <fieldset className="saved form-part">
        <legend className="control-label">keyboard shortcuts</legend>
        <label>
          <input
            type="checkbox"
            checked={settings.pageKeys}
            onChange={(event) => actions.settings.set({ pageKeys: event.target.checked })}
          />{' '}
          Use / and ? anywhere on the page
        </label>
        <p className="quiet">Otherwise they work only while a map has the focus.</p>
      </fieldset>
      <LazyTokenForm />
      <LazyKeptInBrowser />
      <OfflinePage />
    </>
  );
}
