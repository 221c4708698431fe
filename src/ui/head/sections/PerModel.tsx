import { Fragment, type ReactNode } from 'react';
import type { HeadDetail } from '../../../core/inspection/index.ts';
import { headState } from '../../heatmap/headText.ts';
import type { HeadPanelModel, SectionProps } from './headModel.ts';

interface PerModelProps extends SectionProps {
  /** Null while the detail isn't there: what stands then must take the same room. */
  readonly children: (detail: HeadDetail | null, model: HeadPanelModel) => ReactNode;
}

/** A section's content once for each model, under its name where there are two. */
export function PerModel({ models, head, children }: PerModelProps) {
  return models.map((model) => (
    <Fragment key={model.key}>
      {models.length > 1 && <ModelName model={model} />}
      <Content model={model} head={head}>
        {children}
      </Content>
    </Fragment>
  ));
}

export function ModelName({ model: { view, swatch } }: { readonly model: HeadPanelModel }) {
  return (
    <h4 className="head-model">
      {swatch && <span className="swatch" style={{ background: swatch }} />}
      {view.title}
    </h4>
  );
}

/** A head without a value has no figures either: its reason stands above, once. */
function Content({
  model,
  head,
  children,
}: Pick<PerModelProps, 'head' | 'children'> & { readonly model: HeadPanelModel }) {
  const { detail = null, status } = model.detail ?? {};
  if (detail !== null) return children(detail, model);
  const state = headState(model.view, head);
  if (state.kind === 'undefined') return <p className="quiet">undefined for this head</p>;
  if (state.kind === 'waiting') return <p className="quiet">not scored yet</p>;
  if (status === 'failed') return <p className="quiet">not computed</p>;
  return children(null, model);
}
