/**
 * Path segments that wrappers insert into names anywhere: DistributedDataParallel and DeepSpeed (`module`),
 * torch.compile (`_orig_mod`), FSDP, activation checkpointing, and pipelines that add a state dict's key.
 */
const WRAPPER_SEGMENTS: ReadonlySet<string> = new Set([
  'module',
  '_orig_mod',
  '_fsdp_wrapped_module',
  '_checkpoint_wrapped_module',
  '_forward_module',
  '_fpw_module',
  'state_dict',
  'model_state_dict',
]);
/** Wrappers of several segments, at the front of a name: PEFT, sentence-transformers. */
const WRAPPER_PATHS = /^(?:(?:base_model\.model|0\.auto_model|0\.model)\.)+/;

/**
 * A tensor's name with its numbers taken out: "h.{}.attn.c_attn.weight" and [0]. Names are compared in this form, in
 * one look-up each.
 */
export interface NumberedName {
  readonly key: string;
  readonly numbers: readonly number[];
}

/** A segment that ends in the layer's number: "layer0", "encoder_layer_3", "block12". */
const NUMBERED_SEGMENT = /^((?:\w*_)?(?:layers?|blocks?|resblocks?|stages?|h)_?)(\d{1,6})$/;

export function parseName(name: string): NumberedName {
  return parseBare(bareName(name));
}

/** Parses a name from which wrappers were removed. Slashes separate segments as dots do (Flax, TensorFlow). */
export function parseBare(bare: string): NumberedName {
  const numbers: number[] = [];
  const key = segmentsOf(bare)
    .map((segment) => {
      if (/^\d{1,6}$/.test(segment)) {
        numbers.push(Number(segment));
        return '{}';
      }
      const [, stem, number] = NUMBERED_SEGMENT.exec(segment) ?? [];
      if (stem === undefined) return segment;
      numbers.push(Number(number));
      return `${stem}{}`;
    })
    .join('.');
  return { key, numbers };
}

function segmentsOf(name: string): string[] {
  return name.split(/[./]/);
}

/** Removes from a name what wrappers inserted. */
export function bareName(name: string): string {
  const segments = name.split('.');
  // A single word is no path: what remains must still be a name.
  const kept = segments.filter((segment, at) => at === segments.length - 1 || !WRAPPER_SEGMENTS.has(segment));
  const bare = kept.length === segments.length ? name : kept.join('.');
  return bare.replace(WRAPPER_PATHS, '');
}

/** Returns the wrappers at the front of a name: two copies of a model in one file may differ only by them. */
export function leadingWrappers(name: string): string {
  const segments = name.split('.');
  const first = segments.findIndex((segment) => !WRAPPER_SEGMENTS.has(segment));
  const lead = segments
    .slice(0, Math.max(0, first))
    .map((segment) => `${segment}.`)
    .join('');
  return lead + (WRAPPER_PATHS.exec(name.slice(lead.length))?.[0] ?? '');
}

/**
 * A template such as "encoder.block.{layer}.layer.0.SelfAttention.q.weight", which says which numbers are free ("layer")
 * and which are fixed (0).
 */
export interface NameTemplate {
  readonly key: string;
  readonly slots: readonly (string | number)[];
}

export function parseTemplate(template: string): NameTemplate {
  const slots: (string | number)[] = [];
  const key = segmentsOf(template)
    .map((segment) => {
      const [, stem, free] = /^(\w*)\{(\w+)\}$/.exec(segment) ?? [];
      if (free !== undefined) {
        slots.push(free);
        return `${stem}{}`;
      }
      if (/^\d+$/.test(segment)) {
        slots.push(Number(segment));
        return '{}';
      }
      const [, fixedStem, number] = NUMBERED_SEGMENT.exec(segment) ?? [];
      if (fixedStem === undefined) return segment;
      slots.push(Number(number));
      return `${fixedStem}{}`;
    })
    .join('.');
  return { key, slots };
}

/**
 * Extracts the free numbers of a name that has the template's key, in the template's order; null where a fixed number
 * differs.
 */
export function matchSlots(template: NameTemplate, numbers: readonly number[]): number[] | null {
  const free: number[] = [];
  for (const [at, slot] of template.slots.entries()) {
    if (typeof slot === 'string') free.push(numbers[at]!);
    else if (slot !== numbers[at]) return null;
  }
  return free;
}

/** Fills the free numbers into a template, for messages: fill("h.{layer}.q", [3]) is "h.3.q". */
export function fillTemplate(template: string, numbers: readonly number[]): string {
  let at = 0;
  return template.replace(/\{\w+\}/g, () => String(numbers[at++]));
}

/**
 * Turns a name into a template: the first number that counts layers becomes {layer}. A whole segment takes precedence
 * over the end of one ("layers.0.x" over "layer0.x"). Returns null where the name has no such number.
 */
export function templateOf(name: string): { readonly pattern: string; readonly layer: number } | null {
  const whole = /(?<=^|[./])\d{1,6}(?=[./])/.exec(name);
  if (whole !== null)
    return { pattern: withLayer(name, whole.index, whole[0].length), layer: Number(whole[0]) };
  let at = 0;
  for (const segment of segmentsOf(name)) {
    const [, stem, number] = NUMBERED_SEGMENT.exec(segment) ?? [];
    if (stem !== undefined && number !== undefined)
      return { pattern: withLayer(name, at + stem.length, number.length), layer: Number(number) };
    at += segment.length + 1;
  }
  return null;
}

function withLayer(name: string, at: number, length: number): string {
  return `${name.slice(0, at)}{layer}${name.slice(at + length)}`;
}
