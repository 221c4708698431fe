/**
 * Follows the height that a page gives the widget's element. Where it gives none, the maps make it, and it says nothing.
 * @param probe as high as a given height, in the element
 * @param content what fills the element
 * @param onHeight called with the height in px, 0 for none
 * @returns a function that ends it
 */
export function followHeight(
  probe: HTMLElement,
  content: HTMLElement,
  onHeight: (height: number) => void,
): () => void {
  let known = 0;
  const observer = new ResizeObserver(() => {
    let height = probe.clientHeight;
    if (height > 0) {
      // In a flexible box an element is stretched over what is in it: only a height without content is a given one.
      content.style.display = 'none';
      height = probe.clientHeight;
      content.style.display = '';
    }
    if (height === known) return;
    known = height;
    onHeight(height);
  });
  observer.observe(probe);
  return () => observer.disconnect();
}
