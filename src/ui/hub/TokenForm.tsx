import { type FormEvent, useState } from 'react';
import { normaliseHubUrl } from '../../core/repos/index.ts';
import { clientIdOf } from '../../state/signIn.ts';
import { useActions, useAppState } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import './hub.css';

/** Set by a Space that serves the page. */
declare global {
  interface Window {
    readonly huggingface?: { readonly variables?: { readonly OAUTH_CLIENT_ID?: string } };
  }
}

/** An access token for gated and private models: typed, or by signing in where the page is served with a client id. */
export function TokenForm({ onGiven }: { readonly onGiven?: () => void }) {
  const actions = useActions();
  const hubUrl = useAppState((state) => state.settings.hubUrl);
  const token = useAppState((state) => state.token);
  const [value, setValue] = useState('');
  const clientId = clientIdOf(import.meta.env.VITE_HF_CLIENT_ID, window.huggingface?.variables);
  const isForThisHub = token !== null && normaliseHubUrl(token.hubUrl) === normaliseHubUrl(hubUrl);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (value.trim() === '') return;
    actions.hub.giveToken(value);
    setValue('');
    onGiven?.();
  };
  if (token !== null) {
    return (
      <div className="token form-part">
        <p>
          {isForThisHub
            ? 'An access token is used for this hub, until the page closes.'
            : `An access token was given for ${token.hubUrl}; it isn't sent to ${hubUrl}.`}
        </p>
        <Button onClick={actions.hub.forgetToken}>Forget the token</Button>
      </div>
    );
  }
  return (
    <form className="token form-part" onSubmit={submit}>
      <label>
        <span className="control-label">access token</span>
        <input
          className="input"
          type="password"
          autoComplete="off"
          value={value}
          placeholder="hf_…"
          onChange={(event) => setValue(event.target.value)}
        />
      </label>
      <p className="quiet">
        For gated and private models. Create one at{' '}
        <a href={`${hubUrl}/settings/tokens`} target="_blank" rel="noreferrer">
          {hubUrl}/settings/tokens
        </a>
        . It stays in memory until the page closes, and is sent only to this hub.
      </p>
      <Button type="submit" disabled={value.trim() === ''}>
        Use this token
      </Button>
      {clientId !== null && (
        <Button onClick={() => actions.hub.signIn(clientId, location.href, (url) => location.assign(url))}>
          Sign in at the hub
        </Button>
      )}
    </form>
  );
}
