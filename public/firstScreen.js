// Whether the first screen, the sample as it opens, is what this visit will show; and in which theme.
{
  const { dataset } = document.documentElement;
  let saved = null;
  try {
    saved = JSON.parse(localStorage.getItem('qkscope:settings'));
  } catch {
    // Storage is blocked, or holds no JSON: the page opens with its defaults.
  }
  const { theme, palette = 'RdBu', hidesIntro } = saved ?? {};
  if (theme === 'light' || theme === 'dark') dataset.theme = theme;
  if (hidesIntro) dataset.intro = 'hidden';
  if (location.hash + location.search || palette !== 'RdBu') dataset.firstScreen = 'none';
}
