import { useEffect, useState } from 'react';

/** Shows the heads that the transformers.js library reads from a config.json that QKScope can't interpret. It is a hint: nothing is chosen. */
export function ConfigHint({ config }: { readonly config: Readonly<Record<string, unknown>> | null }) {
  const [reading, setReading] = useState<ConfigReading | null>(null);
  useEffect(() => {
    let isCurrent = true;
    setReading(null);
    if (config !== null)
      readConfig(config).then(
        (found) => {
          if (isCurrent) setReading(found);
        },
        // Without the library there is no hint, and the question stands.
        () => {},
      );
    return () => {
      isCurrent = false;
    };
  }, [config]);
  if (reading === null) return null;
  return (
    <p role="status">
      The transformers.js library reads <span className="num">{reading.heads}</span> heads from this config
      {reading.kvHeads === undefined || reading.kvHeads === reading.heads
        ? ''
        : ` over ${reading.kvHeads} key heads`}
      .
    </p>
  );
}

export interface ConfigReading {
  readonly heads: number;
  readonly kvHeads?: number;
}

/**
 * The heads of a config.json by the transformers.js library, which knows the key names of model types that our registry
 * doesn't. Loaded when a question is asked, never before; nothing is fetched: it reads the JSON at hand.
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
