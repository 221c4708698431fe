/**
 * A registry row: which tensors hold Q and K, and how. Names are templates with {layer}, matched whole (never by their
 * ending) after one of `prefixes`. `orientation`: 'out_in' is nn.Linear, [out, in]; 'in_out' is Conv1D, [in, out].
 */
export interface Architecture {
  /** The model_type of config.json. */
  readonly id: string;
  /** Other model types with the very same names and layout. */
  readonly aliases: readonly string[];
  readonly prefixes: readonly string[];
  readonly tensors: SeparateTensors | FusedTensors;
  readonly config: ConfigKeys;
  readonly stack: 'self';
}

export interface SeparateTensors {
  readonly split: 'separate';
  readonly orientation: 'out_in';
  readonly q: string;
  readonly k: string;
  /** The output projection, [d, heads · dh]: its width checks the head rows of Wq. */
  readonly o: string;
}

/** Output rows are [Q: heads·dh][K: heads·dh][V: heads·dh]. */
export interface FusedTensors {
  readonly split: 'fused-concat';
  readonly orientation: 'in_out';
  readonly qkv: string;
}

/** Keys of config.json, tried in order. */
export interface ConfigKeys {
  readonly heads: readonly string[];
  readonly kvHeads: readonly string[];
  readonly headDim: readonly string[];
  readonly layers: readonly string[];
}

/** Left in front of names by wrappers (DistributedDataParallel, torch.compile, FSDP). */
const WRAPPERS = /^(?:(?:module|_orig_mod|_fsdp_wrapped_module)\.)+/;

export interface NameMatch {
  readonly layer: number;
  readonly role: 'q' | 'k' | 'o' | 'qkv';
}

/** Which role a tensor name has in this row, or null. */
export function matchName(architecture: Architecture, name: string): NameMatch | null {
  const bare = name.replace(WRAPPERS, '');
  for (const [role, pattern] of patternsOf(architecture)) {
    const layer = pattern.exec(bare)?.groups?.layer;
    if (layer !== undefined) return { layer: Number(layer), role };
  }
  return null;
}

const patternCache = new WeakMap<Architecture, [NameMatch['role'], RegExp][]>();

function patternsOf(architecture: Architecture): [NameMatch['role'], RegExp][] {
  let patterns = patternCache.get(architecture);
  if (patterns === undefined) {
    const { tensors } = architecture;
    const roles: [NameMatch['role'], string][] =
      tensors.split === 'separate'
        ? [
            ['q', tensors.q],
            ['k', tensors.k],
            ['o', tensors.o],
          ]
        : [['qkv', tensors.qkv]];
    const prefix = `(?:${architecture.prefixes.map(escapeRegExp).join('|')})`;
    patterns = roles.map(([role, template]) => [
      role,
      new RegExp(`^${prefix}${escapeRegExp(template).replace('\\{layer\\}', '(?<layer>\\d{1,5})')}$`),
    ]);
    patternCache.set(architecture, patterns);
  }
  return patterns;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
