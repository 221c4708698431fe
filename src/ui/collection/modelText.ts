// What is said of a model of a collection.
import { type Collection, medianOf } from '../../core/collection/index.ts';
import type { Metric } from '../../figures/metric.ts';
import { sizeText } from './modelPoints.ts';

export interface ModelWords {
  readonly name: string;
  /** "llama · 6.74 B · 2023": what is known of it. */
  readonly facts: string;
  /** "llama", and "6.74 B · 2023" or nothing, where they stand apart. */
  readonly family: string;
  readonly sizeAndYear: string;
  readonly median: string;
  /** All of it for screen readers. */
  readonly spoken: string;
}

export function modelWords(data: Collection, index: number, metric: Metric): ModelWords {
  const { id, modelType, parameters, published, stacks, revision } = data.models[index]!;
  const value = medianOf(data, index, metric.id);
  const median = metric.format(Number.isNaN(value) ? null : value);
  const [first] = stacks;
  const size = parameters === null ? [] : [sizeText(parameters)];
  const year = published === null ? [] : [published.slice(0, 4)];
  const name = revision === null || revision === 'main' ? id : `${id}@${revision.slice(0, 12)}`;
  return {
    ...{ name, median, family: modelType },
    facts: [modelType, ...size, ...year].join(' · '),
    sizeAndYear: [...size, ...year].join(' · '),
    spoken: [
      name,
      `median ${metric.plainName} ${median}`,
      modelType,
      ...(parameters === null ? [] : [`${sizeText(parameters)} parameters`]),
      ...year,
      ...(first === undefined ? [] : [`${first.layers} layers of ${first.heads} heads`]),
    ].join(', '),
  };
}

/** A name whose middle is left out where it is longer: its end tells it from its relatives, as its start does. */
export function shortened(name: string, length: number): string {
  if (name.length <= length) return name;
  const end = Math.floor((length - 1) / 2.5);
  return `${name.slice(0, length - 1 - end)}…${name.slice(-end)}`;
}
