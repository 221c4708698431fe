/** What is done to the weights before they are scored; all off is the paper's convention. */
export interface ConventionChoice {
  /** The gain γ of the norm before attention folded into both: diag(γ) Wq and diag(γ) Wk. */
  readonly layerNorm: boolean;
  /** The gains of the model's own q- and k-norm applied to the head dimension. */
  readonly qkNorm: boolean;
  /**
   * Δ, key position − query position, of M = Wq R_Δ Wkᵀ; negative where the key comes before the query. 0: no
   * rotation.
   */
  readonly ropeOffset: number;
}

/** A convention as it is stated: in the status line, and in every export. */
export type Convention =
  | { readonly name: 'raw'; readonly text: string }
  | ({ readonly name: 'custom'; readonly text: string } & ConventionChoice);

/** The paper's convention, and the default. */
export const RAW_CONVENTION = {
  name: 'raw',
  text: 'raw weights, no bias, no LayerNorm, no RoPE',
} as const satisfies Convention;

const RAW_CHOICE: ConventionChoice = { layerNorm: false, qkNorm: false, ropeOffset: 0 };

/** Returns the convention of a choice, in words; raw when nothing is chosen. */
export function conventionOf(choice: ConventionChoice): Convention {
  const { layerNorm, qkNorm, ropeOffset } = choice;
  if (!layerNorm && !qkNorm && ropeOffset === 0) return RAW_CONVENTION;
  const said = [
    layerNorm ? 'LayerNorm gain folded into Wq and Wk' : 'no LayerNorm',
    ...(qkNorm ? ['QK-norm gain applied'] : []),
    ropeOffset === 0 ? 'no RoPE' : ropeText(ropeOffset),
  ];
  return { name: 'custom', layerNorm, qkNorm, ropeOffset, text: `weights without bias, ${said.join(', ')}` };
}

export function choiceOf(convention: Convention): ConventionChoice {
  if (convention.name === 'raw') return RAW_CHOICE;
  const { layerNorm, qkNorm, ropeOffset } = convention;
  return { layerNorm, qkNorm, ropeOffset };
}

function ropeText(offset: number): string {
  const distance = Math.abs(offset);
  const place = `the key ${distance} position${distance === 1 ? '' : 's'} ${offset < 0 ? 'before' : 'after'} the query`;
  return `RoPE at Δ = ${offset < 0 ? '−' : ''}${distance} (M = Wq R_Δ Wkᵀ, ${place})`;
}
