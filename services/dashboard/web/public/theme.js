// Applies a stored theme before the first paint; the content security policy allows no inline script.
try {
  const theme = localStorage.getItem('ebb-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off: the system's theme applies.
}
