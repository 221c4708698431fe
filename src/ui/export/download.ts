/** Hands a blob to the browser as a file. */
export function download(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // Safari reads the blob a moment after the click.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** "qkscope-gpt2-607a30d" for one model, "qkscope-masked-causal" for two; only characters every file system takes. */
export function exportName(
  models: readonly { readonly id: string; readonly name?: string; readonly sha: string | null }[],
): string {
  const names = models.map(({ id, name, sha }) => {
    const last = name ?? id.split('/').at(-1) ?? id;
    const plain = last
      .replace(/\.(?:safetensors|bin|pt|pth|ckpt|gguf|onnx)$/, '')
      .replace(/[^\p{L}\p{N}._-]+/gu, '-');
    return sha === null ? plain : `${plain}-${sha.slice(0, 7)}`;
  });
  return ['qkscope', ...names]
    .join('-')
    .replace(/-{2,}/g, '-')
    .slice(0, 120)
    .replace(/[-.]+$/, '');
}
