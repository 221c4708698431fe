import type { FormEvent } from 'react';
import type { ModelState } from '../../state/modelState.ts';
import { useActions } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { useMenu } from '../widgets/useMenu.ts';

interface RenameMenuProps {
  readonly model: ModelState;
  readonly index: number;
}

/** Gives a local model another name, which titles, file names and exports have; nothing for others, which have one. */
export function RenameMenu({ model, index }: RenameMenuProps) {
  const actions = useActions();
  const menu = useMenu();
  if (model.choice.kind !== 'local' || model.model === null) return null;
  const { id, name } = model.model;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    actions.models.rename(index, String(new FormData(event.currentTarget).get('name')));
    menu.closeAndStay();
  };
  return (
    <details className="menu" {...menu.props}>
      <summary className="button button-quiet" title="Another name for titles, files and exports">
        Rename
      </summary>
      {menu.isOpen && (
        <form className="menu-box menu-start" onSubmit={submit}>
          <label>
            <span className="control-label">name</span>
            <input
              className="input"
              name="name"
              defaultValue={name ?? id}
              maxLength={80}
              autoComplete="off"
            />
          </label>
          <Button type="submit">Save name</Button>
        </form>
      )}
    </details>
  );
}
