import { bibtex, PROJECT } from '../../figures/projectCitation.ts';
import { CopyButton } from '../widgets/CopyButton.tsx';

/** What the page is, where it comes from, and how it and the paper are cited. */
export function About() {
  const text = bibtex(PROJECT);
  return (
    <div className="about">
      <p>
        QKScope reads the query and key weights of a transformer and scores every attention head in your
        browser. Nothing is uploaded. It implements the symmetry score of{' '}
        <a href="https://arxiv.org/abs/2502.10927">arXiv:2502.10927</a>. MIT licence, the QKScope developers.
      </p>
      {(PROJECT.address !== '' || PROJECT.source !== '') && (
        <p>
          {PROJECT.address !== '' && <a href={PROJECT.address}>{PROJECT.address}</a>}{' '}
          {PROJECT.source !== '' && <a href={PROJECT.source}>Source and issues</a>}
        </p>
      )}
      <p>If a result of it goes into a paper, please cite both:</p>
      <pre className="about-bibtex">{text}</pre>
      <CopyButton label="Copy BibTeX" makeText={() => text} />
    </div>
  );
}
