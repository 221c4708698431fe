/**
 * What the writers of checkpoints call the projections of attention, one path segment each: nn.Linear's and Keras'
 * (query, key), Meta's (wq), transformers' (q_proj, q_lin, c_attn, query_key_value), diffusers' (to_q),
 * TransformerLens' (W_Q), Megatron's (linear_qkv), Baichuan's (W_pack), OLMo's (att_proj), torch's
 * nn.MultiheadAttention (in_proj_weight).
 */
const QUERY = ['wq', 'q_proj', 'query', 'q_lin', 'to_q', 'W_Q'];
const KEY = ['wk', 'k_proj', 'key', 'k_lin', 'to_k', 'W_K'];
const FUSED = [
  ...['query_key_value', 'qkv', 'qkv_proj', 'qkv_proj_weight', 'c_attn', 'Wqkv', 'wqkv'],
  ...['in_proj_weight', 'linear_qkv', 'W_pack', 'att_proj'],
];
const OUTPUT = ['wo', 'o_proj', 'out_proj', 'dense', 'out_lin', 'attn_out', 'linear_proj'];
/** Names that other modules have too: a Mamba block's in_proj, a codebook's k. */
const SHARED = { query: 'q', key: 'k', fused: 'in_proj', output: 'o' };
/** What is left of such names where their dots were taken out (LitEma), before "weight". */
const DOTLESS =
  /(?:q_proj|k_proj|qkv_proj|query_key_value|attnc_attn|attentionwq|attentionwk|selfquery|selfkey)weight$/;

const lastSegment = (names: readonly string[], ending = '(?:\\.weight)?') =>
  new RegExp(`(?:^|[._/])(?:${names.join('|')})${ending}$`);

const ROLES = {
  fused: lastSegment([...FUSED, SHARED.fused]),
  queries: lastSegment([...QUERY, SHARED.query], '\\.weight'),
  keys: lastSegment([...KEY, SHARED.key], '\\.weight'),
  output: lastSegment([...OUTPUT, SHARED.output], '\\.weight'),
} as const;

type ProjectionRole = keyof typeof ROLES;

/** Returns which projection a weight is by its name; null for other tensors. */
export function projectionRoleOf(name: string): ProjectionRole | null {
  const roles = ['fused', 'queries', 'keys', 'output'] as const;
  return roles.find((role) => ROLES[role].test(name)) ?? null;
}

const CERTAIN = lastSegment([...QUERY, ...KEY, ...FUSED]);

/** Returns whether a tensor has a name that only query and key weights have. */
export function isQueryOrKeyName(name: string): boolean {
  return CERTAIN.test(name) || DOTLESS.test(name);
}

const WITHIN = new RegExp(
  `(?:^|[._])(?:${[...QUERY, ...KEY, ...FUSED, SHARED.query, SHARED.key, SHARED.fused].join('|')})(?:[._]|$)`,
);

/** Returns whether such a name is a part of a longer one: of a node in an exported graph. */
export function hasQueryOrKeySegment(name: string): boolean {
  return WITHIN.test(name);
}

/** Returns whether a name may be a query's or key's in a program that nobody knows: what is offered first. */
export function mayBeQueryOrKey(name: string): boolean {
  return hasQueryOrKeySegment(name) || /qkv|query|key/i.test(name);
}
