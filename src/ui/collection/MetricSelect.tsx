import { METRICS, type MetricId } from '../../figures/metric.ts';

interface MetricSelectProps {
  readonly label: string;
  readonly value: MetricId;
  readonly onChange: (metric: MetricId) => void;
}

/** A choice of one metric that every model has. */
export function MetricSelect({ label, value, onChange }: MetricSelectProps) {
  return (
    <label>
      <span className="control-label">{label}</span>
      <select className="select" value={value} onChange={({ target }) => onChange(target.value as MetricId)}>
        {METRICS.map((metric) => (
          <option key={metric.id} value={metric.id}>
            {metric.label}
          </option>
        ))}
      </select>
    </label>
  );
}
