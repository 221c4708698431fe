// Until the page is drawn, what keeps it from starting is said in words: it would stay blank.
if (location.protocol === 'file:') {
  // It may start no module and no worker.
  document.getElementById('needs-server').hidden = false;
} else {
  addEventListener(
    'error',
    ({ target, message }) => {
      // Gone once the page is drawn, which then says for itself what fails.
      const words = document.getElementById('not-started');
      if (words === null) return;
      words.querySelector('span').textContent =
        message || `${target.src ?? target.href} couldn't be fetched.`;
      words.hidden = false;
    },
    true,
  );
}
