// Trusted Types: where a policy asks for them, browsers start no script whose address didn't pass here.

interface TrustedTypes {
  createPolicy(name: string, rules: { readonly createScriptURL: (address: string) => string }): unknown;
}

/**
 * Lets scripts of this page, and no others, be started as workers: by the page, by its workers, and by onnxruntime in them. No rule
 * makes text into markup or code, so that browsers refuse it. Changes nothing where the browser has no Trusted Types.
 * @param folder URL of the page's folder, with a slash at its end
 */
export function trustOwnScripts(
  folder: string,
  trustedTypes = (globalThis as { readonly trustedTypes?: TrustedTypes }).trustedTypes,
): void {
  // By the name `default` it is asked for every address that is a plain text or a URL.
  trustedTypes?.createPolicy('default', { createScriptURL: (address) => ownScript(address, folder) });
}

/** @throws TypeError for the address of anything but a script in the page's folder */
function ownScript(address: string, folder: string): string {
  const { href } = new URL(address, folder);
  if (!href.startsWith(folder) || !/^[^?#]*\.m?js$/.test(href))
    throw new TypeError(`Only scripts of this page are started; ${href.slice(0, 200)} isn’t one.`);
  return address;
}
