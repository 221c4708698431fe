import { RopeCurve } from '../../conventions/RopeCurve.tsx';
import { EachModel } from '../EachModel.tsx';
import type { SectionProps } from '../headModel.ts';

/** How the head's symmetry changes with the distance between key and query. */
export function RopeSection(props: SectionProps) {
  return (
    <EachModel {...props}>
      {(detail, { view }) => <RopeCurve detail={detail} hasNull={view.noNull === undefined} />}
    </EachModel>
  );
}
