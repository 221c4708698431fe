import { useRef, useState } from 'react';
import { toWire } from '../../core/errors.ts';
import type { QrModules } from '../../figures/qrCode.ts';
import { linkQrCode } from './linkQrCode.ts';

interface QrCodeOptionProps {
  /** The page's public address; '' where it has none, and no code would lead anywhere. */
  readonly address: string;
  readonly makeLink: (address: string) => Promise<{ readonly text: string }>;
  /** Called with the code to draw, null for none. */
  readonly onChange: (modules: QrModules | null) => void;
}

/** Puts a QR code of the link to this view into the figure, so that a screenshot of it leads back. */
export function QrCodeOption({ address, makeLink, onChange }: QrCodeOptionProps) {
  const [isDrawn, setDrawn] = useState(false);
  const [problem, setProblem] = useState('');
  const latest = useRef(0);
  if (address === '') return null;
  const set = async (isWanted: boolean) => {
    const request = ++latest.current;
    setDrawn(isWanted);
    setProblem('');
    if (!isWanted) return onChange(null);
    try {
      const modules = await linkQrCode((await makeLink(address)).text);
      if (request === latest.current) onChange(modules);
    } catch (error) {
      if (request !== latest.current) return;
      const { message, hint = '' } = toWire(error);
      setDrawn(false);
      setProblem(`${message} ${hint}`);
    }
  };
  return (
    <>
      <label className="check">
        <input type="checkbox" checked={isDrawn} onChange={(event) => void set(event.target.checked)} />
        <span>QR code of the link to this view</span>
      </label>
      <p className="quiet" role="status" hidden={problem === ''}>
        {problem}
      </p>
    </>
  );
}
