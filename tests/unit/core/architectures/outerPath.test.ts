import { describe, expect, it } from 'vitest';
import { answerFor, layersOf, layoutFor, stacksOf } from '../../../support/architectures/answerFor.ts';

const llama = (path: string) =>
  layersOf([0, 1], {
    [`${path}model.layers.{layer}.self_attn.q_proj.weight`]: [64, 64],
    [`${path}model.layers.{layer}.self_attn.k_proj.weight`]: [32, 64],
  });
const CONFIG = { num_attention_heads: 8, num_key_value_heads: 4, hidden_size: 64, num_hidden_layers: 2 };

describe('a model inside a training module', () => {
  it.each(['net.', 'my_module.lm.', 'policy.actor_network.', 'learner.agent.core.'])(
    'is found below %s, with a note',
    (path) => {
      const layout = layoutFor(llama(path), CONFIG);
      expect(stacksOf(layout)).toEqual(['self 8/4×8']);
      expect(layout.notes).toContain(`The model's tensors were found below ${path.slice(0, -1)}.`);
    },
  );

  it('ignores wrapper names anywhere in the path', () => {
    const shapes = layersOf([0, 1], {
      'module.model.layers.{layer}._checkpoint_wrapped_module.self_attn.q_proj.weight': [64, 64],
      '_orig_mod.model.layers.{layer}._fsdp_wrapped_module.self_attn.k_proj.weight': [32, 64],
    });
    // Of two wrappers in front the halves may be two models': hatched, not joined.
    expect(() => layoutFor(shapes, CONFIG)).toThrow(/both belong to this layer/);
    const one = Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [
        name.replace(/^(?:module|_orig_mod)\./, 'module.'),
        shape,
      ]),
    );
    expect(layoutFor(one, { ...CONFIG, model_type: 'llama' }).notes).toEqual([]);
  });

  it.each(['vision_tower.', 'student.', 'model_ema.', 'critic.net.'])(
    'is asked about below %s, where it is a part of something larger',
    (path) => expect(answerFor(llama(path), CONFIG).kind).toBe('mapping'),
  );

  it('is found below any one path by a config that names its type', () => {
    const layout = layoutFor(llama('student.'), { ...CONFIG, model_type: 'llama' });
    expect(stacksOf(layout)).toEqual(['self 8/4×8']);
    expect(layout.notes.join()).toMatch(/below student/);
  });

  it('has a separate map when there is a second model', () => {
    const layout = layoutFor({ ...llama(''), ...llama('_orig_mod.') }, { ...CONFIG, model_type: 'llama' });
    expect(stacksOf(layout)).toEqual(['self (model) 8/4×8', 'self (_orig_mod.model) 8/4×8']);
  });
});
