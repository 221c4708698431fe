import { Component, type ReactNode } from 'react';
import { toWire } from '../../core/errors.ts';
import { Button } from './Button.tsx';
import { Notice } from './Notice.tsx';

interface Props {
  readonly children: ReactNode;
}

interface State {
  readonly failure: { readonly thrown: unknown } | null;
}

/** Says in words what kept a part of the page from being drawn; the rest of the page stays. (React offers this to classes alone.) */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { failure: null };

  static getDerivedStateFromError(thrown: unknown): State {
    return { failure: { thrown } };
  }

  override render() {
    const { failure } = this.state;
    if (failure === null) return this.props.children;
    const { message, hint } = toWire(failure.thrown);
    return (
      <Notice kind="error" message={message} hint={hint}>
        <Button onClick={() => this.setState({ failure: null })}>Try again</Button>
        <Button onClick={() => location.reload()}>Reload the page</Button>
      </Notice>
    );
  }
}
