/** A kind of adapter, recognised by the names of its tensors. */
export interface AdapterKind {
  /** Its name in sentences, before "adapter": "LoRA". */
  readonly name: string;
  /** False where it leaves every projection unchanged, and alters only inputs or outputs. */
  readonly changesProjections: boolean;
}

const changing = (name: string): AdapterKind => ({ name, changesProjections: true });
const beside = (name: string): AdapterKind => ({ name, changesProjections: false });

export const LORA = changing('LoRA');
export const IA3 = changing('IA³');

/**
 * The names that adapters add beside a module, as whole path segments: peft's tuners (each tuner's `layer.py` names its
 * parameters; mapping.py their prefixes), kohya's and diffusers' LoRA, mlx and llama.cpp's (`lora_a`), and bottleneck
 * adapters (adapters library). The first that matches decides the kind: AdaLoRA's files contain LoRA's names too.
 */
const KINDS: readonly (readonly [sign: RegExp, kind: AdapterKind])[] = [
  [/(?:^|\.)(?:lora_E|ranknum)(?:\.|$)/, changing('AdaLoRA')],
  [/(?:^|\.)poly_lora_[AB](?:\.|$)/, changing('Poly')],
  [/(?:^|\.)lora_(?:A|B|magnitude_vector|embedding_[AB])(?:\.|$)/, LORA],
  [
    /(?:^|\.)(?:lora_(?:a|b|up|down)|lora\.(?:up|down)|lora_linear_layer|dora_scale)(?:\.|$)|^lora_(?:unet|te\d?)_/,
    changing('LoRA (in names other than peft’s)'),
  ],
  [/(?:^|\.)hada_(?:w[12]_[ab]|t[12])(?:\.|$)/, changing('LoHa')],
  [/(?:^|\.)lokr_(?:w[12](?:_[ab])?|t2)(?:\.|$)/, changing('LoKr')],
  [/(?:^|\.)ia3_l(?:\.|$)/, IA3],
  [/(?:^|\.)p?vera_(?:lambda_[bd]|[AB])(?:\.|$)/, changing('VeRA')],
  [/(?:^|\.)b?oft_[A-Za-z]\w*(?:\.|$)/, changing('OFT')],
  [/(?:^|\.)vblora_\w+(?:\.|$)/, changing('VB-LoRA')],
  [/(?:^|\.)randlora_\w+(?:\.|$)/, changing('RandLoRA')],
  [/(?:^|\.)fourierft_\w+(?:\.|$)/, changing('FourierFT')],
  [/(?:^|\.)waveft_\w+(?:\.|$)/, changing('WaveFT')],
  [/(?:^|\.)hra_u(?:\.|$)/, changing('HRA')],
  [/(?:^|\.)(?:bone|miss)_block(?:\.|$)/, changing('Bone')],
  [/(?:^|\.)shira_(?:weight|indices)(?:\.|$)/, changing('SHiRA')],
  [/(?:^|\.)c3a_kernel(?:\.|$)/, changing('C3A')],
  [/(?:^|\.)road_(?:theta|alpha)(?:\.|$)/, changing('RoAd')],
  [/(?:^|\.)internal_xlora_classifier\./, changing('X-LoRA')],
  [/(?:^|\.)(?:prompt_embeddings|prefix_task_(?:cols|rows))(?:\.|$)/, beside('prompt')],
  [/(?:^|\.)adaption_(?:prompt|gate)(?:\.|$)/, beside('adaption prompt')],
  [/(?:^|\.)ln_tuning_layers(?:\.|$)/, beside('LayerNorm tuning')],
  [/(?:^|\.)trainable_tokens_delta(?:\.|$)/, beside('trainable tokens')],
  [/(?:^|\.)adapters\.[^.]+\.adapter_(?:up|down)(?:\.|$)/, beside('bottleneck')],
];

/** Returns the kind of adapter that stores a tensor of this name; null for a tensor of the model itself. */
export function adapterKindOf(name: string): AdapterKind | null {
  return KINDS.find(([sign]) => sign.test(name))?.[1] ?? null;
}
