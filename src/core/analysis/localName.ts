// The name of a local model whose file is named as everybody's is.

/** The names that the libraries give to every model's weights, shards and slices included. */
const GENERIC =
  /^(?:model|pytorch_model|consolidated|diffusion_pytorch_model|weights|checkpoint)(?:[.-][\d.]+(?:-of-\d+)?)?\.\w+$/;

/**
 * Names a local model: after its folder or its file where that says something, else after the repository or folder
 * that its config says it came from.
 * @param id the folder's or the file's name
 * @param config config.json, whose `_name_or_path` the transformers library writes
 */
export function localName(id: string, config: Readonly<Record<string, unknown>> | null): string {
  const from = config?._name_or_path;
  if (!GENERIC.test(id) || typeof from !== 'string') return id;
  const last =
    from
      .replace(/[\\/]+$/, '')
      .split(/[\\/]/)
      .at(-1) ?? '';
  return /^[\p{L}\p{N}][\p{L}\p{N}._ -]{0,95}$/u.test(last) ? last : id;
}
