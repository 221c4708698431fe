// Refuses files in which DeepSpeed's ZeRO-3 left placeholders in place of weights.
import { QKError } from '../errors.ts';
import { printable } from '../printable.ts';

/**
 * Refuses a file whose tensors are placeholders of shape [0] instead of weights. DeepSpeed's ZeRO-3 leaves them in a
 * model's file (`mp_rank_00_model_states.pt`, or a pytorch_model.bin that was saved without gathering), because every
 * rank keeps a slice of each weight (deepspeed/runtime/zero/partition_parameters.py).
 * @param wants selects the tensors that matter; absent: all do
 * @throws QKError 'no-weights'
 */
export function refusePlaceholders(
  tensors: Iterable<{ readonly name: string; readonly shape: readonly number[] }>,
  file: string,
  wants?: (name: string) => boolean,
): void {
  let [all, empty, wanted] = [0, 0, 0];
  let first: string | undefined;
  for (const { name, shape } of tensors) {
    all++;
    if (shape.length !== 1 || shape[0] !== 0) continue;
    empty++;
    first ??= name;
    if (wants?.(name) === true) wanted++;
  }
  if (first === undefined || (wanted === 0 && empty * 2 < all)) return;
  throw new QKError(
    'no-weights',
    `${file} holds placeholders instead of weights: ${empty} of its ${all} tensors, such as ${printable(first)}, have the shape [0], as DeepSpeed’s ZeRO-3 leaves them.`,
    {
      where: `${file}, tensor ${printable(first)}`,
      hint: 'The weights are spread over the zero_pp_rank_* files of the checkpoint. Join them with the script that DeepSpeed saved in its folder (python zero_to_fp32.py . pytorch_model.bin), and drop the result.',
    },
  );
}
