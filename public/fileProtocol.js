// A page from a file on disk may start no module and no worker: it says so, instead of staying blank.
if (location.protocol === 'file:') document.getElementById('needs-server').hidden = false;
