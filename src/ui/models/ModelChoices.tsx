import type { ModelState } from '../../state/modelState.ts';
import { useActions } from '../appContext.ts';
import { Segmented } from '../widgets/Segmented.tsx';
import { stackText, stackTitle } from './stackText.ts';

interface ModelChoicesProps {
  readonly model: ModelState;
  readonly index: number;
}

/** Which of the model's maps is shown, and which of its weights were read, where there is a choice. */
export function ModelChoices({ model, index }: ModelChoicesProps) {
  const actions = useActions();
  const { stacks, weightsOptions } = model;
  if (stacks.length < 2 && weightsOptions.length < 2) return null;
  const current = weightsOptions.findIndex(({ isCurrent }) => isCurrent);
  return (
    <div className="model-choices">
      {stacks.length > 1 && (
        <Segmented
          label="tower"
          options={stacks.map(({ name }) => ({
            value: name,
            label: name.replaceAll('.', ' '),
            title: `${stackText(name)}. ${stackTitle(name)}`,
          }))}
          value={model.stackName}
          onChange={(name) => actions.models.showStack(index, name)}
        />
      )}
      {weightsOptions.length > 1 && (
        <label>
          <span className="control-label">weights</span>
          <select
            className="select"
            value={current}
            onChange={(event) => {
              const option = weightsOptions[Number(event.target.value)];
              if (option)
                actions.models.chooseWeights(index, { path: option.path, revision: option.revision });
            }}
          >
            {weightsOptions.map((option, index) => (
              <option key={`${option.revision} ${option.path}`} value={index}>
                {option.label}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}
