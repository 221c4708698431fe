/** Left in front of names by wrappers: DistributedDataParallel, torch.compile, FSDP, PEFT, sentence-transformers. */
const WRAPPERS = /^(?:(?:module|_orig_mod|_fsdp_wrapped_module|base_model\.model|0\.auto_model|0\.model)\.)+/;

/** A tensor's name with its numbers taken out: "h.{}.attn.c_attn.weight" and [0]. Names are compared by these, in one look-up each. */
export interface NumberedName {
  readonly key: string;
  readonly numbers: readonly number[];
}

export function parseName(name: string): NumberedName {
  const numbers: number[] = [];
  const key = bareName(name)
    .split('.')
    .map((segment) => {
      if (!/^\d{1,6}$/.test(segment)) return segment;
      numbers.push(Number(segment));
      return '{}';
    })
    .join('.');
  return { key, numbers };
}

/** The name without what wrappers left in front of it. */
export function bareName(name: string): string {
  return name.replace(WRAPPERS, '');
}

/** "encoder.block.{layer}.layer.0.SelfAttention.q.weight": which numbers are free ("layer") and which are fixed (0). */
export interface NameTemplate {
  readonly key: string;
  readonly slots: readonly (string | number)[];
}

export function parseTemplate(template: string): NameTemplate {
  const slots: (string | number)[] = [];
  const key = template
    .split('.')
    .map((segment) => {
      const free = /^\{(\w+)\}$/.exec(segment)?.[1];
      const slot = free ?? (/^\d+$/.test(segment) ? Number(segment) : undefined);
      if (slot === undefined) return segment;
      slots.push(slot);
      return '{}';
    })
    .join('.');
  return { key, slots };
}

/** The free numbers of a name that has the template's key, in the template's order; null where a fixed one differs. */
export function matchSlots(template: NameTemplate, numbers: readonly number[]): number[] | null {
  const free: number[] = [];
  for (const [at, slot] of template.slots.entries()) {
    if (typeof slot === 'string') free.push(numbers[at]!);
    else if (slot !== numbers[at]) return null;
  }
  return free;
}

/** A template with its free numbers put in, for messages: fill("h.{layer}.q", [3]) is "h.3.q". */
export function fillTemplate(template: string, numbers: readonly number[]): string {
  let at = 0;
  return template.replace(/\{\w+\}/g, () => String(numbers[at++]));
}
