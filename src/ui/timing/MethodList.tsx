import { useId } from 'react';
import { METHOD_ABOUT, planMethods } from '../../core/benchmark/index.ts';
import { METHODS } from '../../core/engines/index.ts';
import type { ScopeName } from '../../core/result/index.ts';

/** What each method runs; those that the chosen scopes don't have are quiet and say so. */
export function MethodList({ scopes }: { readonly scopes: readonly ScopeName[] }) {
  const id = useId();
  const timed = planMethods({ scopes, methods: METHODS }).flatMap(({ methods }) => methods);
  return (
    <section className="about-list" aria-labelledby={id}>
      <h3 id={id} className="segmented-label">
        Methods
      </h3>
      <dl>
        {METHODS.map((method) => {
          const isTimed = timed.includes(method);
          return (
            <div key={method} className={isTimed ? 'about-row' : 'about-row quiet'}>
              <dt>{method}</dt>
              <dd className="quiet">
                {METHOD_ABOUT[method]}
                {!isTimed && ' (not timed in the chosen scope)'}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
