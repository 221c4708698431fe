import type { HeadSectionId } from '../../../state/settings.ts';
import { ChanceSection } from './ChanceSection.tsx';
import { EigenvalueSection } from './EigenvalueSection.tsx';
import { EnergySection } from './EnergySection.tsx';
import type { SectionProps } from './headModel.ts';
import { MatrixSection } from './MatrixSection.tsx';
import { PartnersSection } from './PartnersSection.tsx';
import { ProvenanceSection } from './ProvenanceSection.tsx';
import { RopeSection } from './RopeSection.tsx';
import { SingularValueSection } from './SingularValueSection.tsx';
import './sections.css';

interface SectionContentProps extends SectionProps {
  readonly id: HeadSectionId;
}

/** What an open part of the head panel shows. */
export function SectionContent({ id, ...props }: SectionContentProps) {
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
      return <PartnersSection {...props} />;
    case 'rope':
      return <RopeSection {...props} />;
    case 'provenance':
      return <ProvenanceSection {...props} />;
    default:
      return id satisfies never;
  }
}
