import { useEffect, useState } from 'react';
import { type ConfigReading, readConfig } from './readConfig.ts';

/** What the transformers.js library reads from a config.json whose heads QKScope can't tell: a hint, chosen by nobody. */
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
