// How this project and the paper are cited.

/** What a citation says of the project; address and source are '' while there is none. */
export interface Project {
  readonly version: string;
  readonly address: string;
  readonly source: string;
}

export const PROJECT: Project = {
  version: __APP_VERSION__,
  address: __APP_ADDRESS__,
  source: __APP_SOURCE__,
};

/** The BibTeX entries of the project and of the paper that it implements. */
export function bibtex({ version, address, source }: Project): string {
  const fields = [
    'author = {{The QKScope developers}}',
    'title = {QKScope: the symmetry of query–key forms, in the browser}',
    'year = {2026}',
    `version = {${version}}`,
    ...(address === '' ? [] : [`url = {${address}}`]),
    ...(source === '' ? [] : [`howpublished = {\\url{${source}}}`]),
  ];
  return `@software{qkscope,
  ${fields.join(',\n  ')}
}

@misc{saponati2025underlying,
  author = {Saponati, Matteo and Sager, Pascal and Vilimelis Aceituno, Pau and Stadelmann, Thilo and Grewe, Benjamin},
  title = {The underlying structures of self-attention: symmetry, directionality, and emergent dynamics in Transformer training},
  year = {2025},
  eprint = {2502.10927},
  archivePrefix = {arXiv}
}`;
}
