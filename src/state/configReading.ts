// What the transformers.js library reads from a config.json, as a hint for the question of heads.
export interface ConfigReading {
  readonly heads: number;
  readonly kvHeads?: number;
}

/**
 * Reads the heads of a config.json by the transformers.js library, which knows the key names of model types that our registry
 * doesn't. The library is loaded when a question is asked, never before; it fetches nothing, and reads the JSON at hand.
 */
export async function readConfig(config: Readonly<Record<string, unknown>>): Promise<ConfigReading | null> {
  const { PretrainedConfig } = await import('@huggingface/transformers');
  // It writes defaults into what it is given.
  const { normalized_config: known } = new PretrainedConfig(structuredClone(config));
  // With grouped queries its num_heads are the key heads, which size its cache.
  const own = countOf(known?.num_attention_heads);
  const heads = own ?? countOf(known?.num_heads);
  if (heads === undefined) return null;
  const kvHeads = own === undefined ? undefined : countOf(known.num_heads);
  return kvHeads === undefined ? { heads } : { heads, kvHeads };
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}
