// Before the first paint, so that a dark page never flashes white. Its own file: the content security policy allows no inline script.
(function () {
  var kept = null;
  try {
    kept = localStorage.getItem('trimtab-scheme');
  } catch {
    /* storage is off: follow the system */
  }
  var dark = kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
