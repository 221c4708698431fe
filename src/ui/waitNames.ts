// Names of what the page waits for, as they stand in its sentences.
import type { ModelState } from '../state/modelState.ts';

/** Names a hub: its host. */
export function hubName(hubUrl: string): string {
  return URL.canParse(hubUrl) ? new URL(hubUrl).host : hubUrl;
}

/** Who gives a model's bytes. */
export function senderName({ kind }: Pick<ModelState['choice'], 'kind'>, hubUrl: string): string {
  if (kind === 'local') return 'the browser and its disk';
  return kind === 'sample' ? 'this page’s server' : hubName(hubUrl);
}

export function engineName(engine: ModelState['engine']): string {
  if (engine === null) return 'the engine';
  return engine.id === 'webgpu' || engine.id === 'ort-webgpu' ? `the GPU (${engine.device})` : engine.device;
}

/** What a closer look at a scored model waits for: of a head in detail, of whole layers. */
export function weightsAgain(
  { choice, engine }: Pick<ModelState, 'choice' | 'engine'>,
  hubUrl: string,
): string {
  return `${senderName(choice, hubUrl)} to give weights again, or for ${engineName(engine)} to compute with them`;
}
