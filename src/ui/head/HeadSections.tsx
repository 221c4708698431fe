import { formatMagnitude, formatScore, formatSignificant } from '../../figures/format.ts';
import type { HeadRef } from '../../figures/heatmapLayout.ts';
import { HEAD_SECTIONS, type HeadSectionId } from '../../state/appState.ts';
import { useActions, useAppState } from '../appContext.ts';
import { HeadSection } from './HeadSection.tsx';
import { gistOf, type SectionProps } from './headModel.ts';
import { ChanceSection } from './sections/ChanceSection.tsx';
import { EigenvalueSection } from './sections/EigenvalueSection.tsx';
import { EnergySection } from './sections/EnergySection.tsx';
import { MatrixSection } from './sections/MatrixSection.tsx';
import { PartnersSection } from './sections/PartnersSection.tsx';
import { ProvenanceSection } from './sections/ProvenanceSection.tsx';
import { RopeSection } from './sections/RopeSection.tsx';
import { SingularValueSection } from './sections/SingularValueSection.tsx';

interface HeadSectionsProps extends SectionProps {
  readonly pinned: boolean;
  readonly onPin: (head: HeadRef) => void;
}

const TITLES: Readonly<Record<HeadSectionId, string>> = {
  energy: 'Energy',
  eigenvalues: 'Eigenvalues',
  singular: 'Singular values',
  chance: 'Against chance',
  matrices: 'A, B and C',
  partners: 'Transpose partners',
  rope: 'Over the RoPE offset',
  provenance: 'Where it came from',
};

/** The parts of the panel. What takes reading and computing is there for the pinned head alone. */
export function HeadSections({ pinned, onPin, ...props }: HeadSectionsProps) {
  const open = useAppState((state) => state.settings.headSections);
  const { setSettings } = useActions();
  const toggle = (id: HeadSectionId) =>
    setSettings({ headSections: open.includes(id) ? open.filter((other) => other !== id) : [...open, id] });
  const shown = pinned ? HEAD_SECTIONS : (['provenance'] as const);
  return (
    <div className="head-sections">
      {shown.map((id) => (
        <HeadSection
          key={id}
          title={TITLES[id]}
          gist={gist(id, props)}
          open={open.includes(id)}
          onToggle={() => toggle(id)}
        >
          <Content id={id} onPin={onPin} {...props} />
        </HeadSection>
      ))}
      {!pinned && <p className="quiet">Pinned, a head shows its spectrum, its matrices and its partners.</p>}
    </div>
  );
}

function Content({
  id,
  onPin,
  ...props
}: Omit<HeadSectionsProps, 'pinned'> & { readonly id: HeadSectionId }) {
  switch (id) {
    case 'energy':
      return <EnergySection {...props} />;
    case 'eigenvalues':
      return <EigenvalueSection {...props} />;
    case 'singular':
      return <SingularValueSection {...props} />;
    case 'chance':
      return <ChanceSection {...props} />;
    case 'matrices':
      return <MatrixSection {...props} />;
    case 'partners':
      return <PartnersSection {...props} onPin={onPin} />;
    case 'rope':
      return <RopeSection {...props} />;
    case 'provenance':
      return <ProvenanceSection {...props} />;
    default:
      return id satisfies never;
  }
}

/** A section's one number, for while it is closed. */
function gist(id: HeadSectionId, { models }: SectionProps): string | undefined {
  switch (id) {
    case 'energy':
      return gistOf(models, ({ energy }) => energy && `${formatScore(energy.symmetric)} symmetric`);
    case 'eigenvalues':
      return gistOf(models, ({ traceM }) => (traceM === null ? null : `tr M ${formatMagnitude(traceM)}`));
    case 'singular':
      return gistOf(models, ({ effectiveRank, dHead }) =>
        effectiveRank === null ? null : `rank ${formatSignificant(effectiveRank)} of ${dHead}`,
      );
    case 'chance':
      return gistOf(models, ({ pValue }) => pValue && `p ${formatMagnitude(pValue.p, 2)}`);
    default:
      return undefined;
  }
}
