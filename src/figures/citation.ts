/** What a figure needs under it to be cited and repeated. */
import type { AnalysisResult } from '../core/result/index.ts';
import { unique } from '../core/unique.ts';
import { byText } from './format.ts';
import type { FigureTheme } from './palette.ts';
import { group, type Scene, type SceneNode, SMALL, wrapText } from './scene.ts';

const LINE = 18;
const MARGIN = 12;
/** More models than this are named by the first and the last of them. */
const NAMED = 6;

/** Each model with its commit or fingerprint and its dtype: what a reader needs to get the same weights. */
export function modelLines(results: readonly AnalysisResult[]): string[] {
  const lines = unique(results.map(modelLine));
  if (lines.length <= NAMED) return lines;
  const unnamed = lines.length - NAMED;
  return [
    ...lines.slice(0, NAMED - 1),
    `… ${unnamed} more, named in the JSON of this figure …`,
    lines.at(-1)!,
  ];
}

function modelLine({ model, stacks }: AnalysisResult): string {
  const commit = model.sha ? `commit ${model.sha}` : null;
  const print = model.fingerprint ? `fingerprint ${model.fingerprint.slice(0, 16)}` : null;
  const dtype = model.quantised ? `${model.dtype} (quantised: scores of approximations)` : model.dtype;
  const heads = unique(stacks.flatMap(({ headsFrom }) => headsFrom ?? [])).map(byText);
  const from = heads.length === 0 ? null : `heads ${heads.join(' and ')}`;
  return [model.id, commit ?? print, dtype, from].filter(Boolean).join(', ');
}

/** The paper whose scores these are. */
export const PAPER = 'arXiv:2502.10927';

/** "gpt2@607a30d · raw weights, no bias, no LayerNorm, no RoPE · 2026-01-02 · QKScope 0.1.0 · arXiv:2502.10927" */
export function citationLine(results: readonly AnalysisResult[]): string {
  const [first] = results;
  if (first === undefined) return '';
  const models = unique(results.map(shortModel));
  return [
    models.length > NAMED ? `${models[0]} … ${models.at(-1)} (${models.length} models)` : models.join(', '),
    unique(results.map(({ convention }) => convention.text)).join('; '),
    datesOf(results),
    `QKScope ${first.app.version}`,
    PAPER,
  ].join(' · ');
}

/** The model with its commit or fingerprint, whatever name the user gave it, and that its weights are approximations. */
function shortModel({ model }: AnalysisResult): string {
  const print = model.fingerprint ? ` (fingerprint ${model.fingerprint.slice(0, 8)})` : '';
  const commit = model.sha ? `@${model.sha.slice(0, 7)}` : print;
  return `${model.id}${commit}${model.quantised ? `, ${model.dtype} (quantised)` : ''}`;
}

function datesOf(results: readonly AnalysisResult[]): string {
  return unique(results.map(({ createdAt }) => createdAt.slice(0, 10))).join(', ');
}

/** "Raw weights, no bias, no LayerNorm, no RoPE" */
export function conventionText(results: readonly AnalysisResult[]): string {
  const text = unique(results.map(({ convention }) => convention.text)).join('; ');
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** "QKScope 0.1.0, engine wasm (4 threads), 2026-01-02"; no line where there are no results. */
export function engineLine(results: readonly AnalysisResult[]): string[] {
  const [first] = results;
  if (first === undefined) return [];
  const engines = unique([
    ...results.map(({ engine }) => `${engine.id} (${engine.device})`),
    ...results.flatMap(othersOf).map((id) => `${id} for some layers`),
  ]).join('; ');
  return [`QKScope ${first.app.version}, engine ${engines}, ${datesOf(results)}`];
}

/** Engines of layers, where another took over midway. */
function othersOf({ stacks, engine: { id } }: AnalysisResult): string[] {
  const rows = stacks.flatMap(({ layers }) => layers);
  return rows.flatMap(({ engine }) => (engine === undefined || engine === id ? [] : [engine]));
}

/** Adds the models, the convention, further notes and the engine in lines under a figure. */
export function addCitation(
  scene: Scene,
  results: readonly AnalysisResult[],
  theme: FigureTheme,
  notes: readonly string[] = [],
): Scene {
  const about = [`${conventionText(results)}.`, ...modelLines(results), ...notes, ...engineLine(results)];
  const lines = about.flatMap((line) => wrapText(line, scene.width - 2 * MARGIN, SMALL));
  const texts = lines.map(
    (text, index): SceneNode => ({
      type: 'text',
      x: MARGIN,
      y: scene.height + (index + 1) * LINE,
      text,
      size: SMALL,
      fill: theme.muted,
    }),
  );
  return {
    ...scene,
    height: Math.ceil(scene.height + lines.length * LINE + MARGIN),
    children: [...scene.children, group('footer', texts)],
  };
}
