import type { ModelState } from '../../state/modelState.ts';
import { HeadSplitMenu } from './HeadSplitMenu.tsx';
import { RenameMenu } from './RenameMenu.tsx';

interface ModelMenusProps {
  readonly model: ModelState;
  readonly index: number;
  /** How many models there are: of two, neither is split. */
  readonly of: number;
}

/** What can be done with a model beside its title: another split into heads, another name. */
export function ModelMenus({ model, index, of }: ModelMenusProps) {
  return (
    <>
      {of === 1 && <HeadSplitMenu model={model} index={index} />}
      <RenameMenu model={model} index={index} />
    </>
  );
}
