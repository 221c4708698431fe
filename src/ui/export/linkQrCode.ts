import { QKError } from '../../core/errors.ts';
import type { QrModules } from '../../figures/qrCode.ts';

/** Characters of the longest link: with more, modules would be too small to survive a re-encoded screenshot. */
const LONGEST_LINK = 200;

/**
 * The QR code of a link; the library that computes it is loaded by the first call.
 * @throws QKError 'link-invalid' where the link is over 200 characters
 */
export async function linkQrCode(link: string): Promise<QrModules> {
  if (link.length > LONGEST_LINK)
    throw new QKError(
      'link-invalid',
      `The link to this view has ${link.length.toLocaleString('en')} characters, and a QR code here holds ${LONGEST_LINK}.`,
      { hint: 'Clear pinned and compared heads, or close the second model.' },
    );
  const { encode } = await import('uqr');
  return encode(link, { ecc: 'M', border: 0 }).data;
}
