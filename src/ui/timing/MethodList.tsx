import { useId } from 'react';
import { planMethods } from '../../core/analysis/benchmarkPlan.ts';
import type { ScopeName } from '../../core/analysis/benchmarkReport.ts';
import { METHOD_ABOUT } from '../../core/analysis/timingAbout.ts';
import { METHODS } from '../../core/engines/calls.ts';

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
