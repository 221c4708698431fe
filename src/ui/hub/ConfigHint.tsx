import { useEffect, useState } from 'react';
import type { ConfigReading } from '../../state/configReading.ts';
import { useActions } from '../appContext.ts';

/** Shows the heads that transformers.js reads from a config.json that QKScope can't interpret: a hint, nothing is chosen. */
export function ConfigHint({ config }: { readonly config: Readonly<Record<string, unknown>> | null }) {
  const actions = useActions();
  const [reading, setReading] = useState<ConfigReading | null>(null);
  useEffect(() => {
    let isCurrent = true;
    setReading(null);
    if (config !== null)
      actions.models.readConfig(config).then(
        (found) => {
          if (isCurrent) setReading(found);
        },
        // Without the library there is no hint, and the question stands.
        () => {},
      );
    return () => {
      isCurrent = false;
    };
  }, [actions, config]);
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
