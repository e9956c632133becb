// "Near me": asks where the visitor is only when the button is pressed, and keeps it to about a kilometre. The answer
// goes into the address like the rest of the search, and nowhere else.

const DECIMALS = 2; // of a degree: about a kilometre
const PATIENCE_MS = 15000;

const button = document.querySelector('[data-near-me]');
const said = document.querySelector('[data-near-me-said]');

if (button && said && 'geolocation' in navigator) {
  button.hidden = false;
  button.addEventListener('click', ask);
}

function ask() {
  said.textContent = said.dataset.textAsking;
  navigator.geolocation.getCurrentPosition(goThere, refused, { maximumAge: 600000, timeout: PATIENCE_MS });
}

function goThere({ coords }) {
  const wish = new URLSearchParams([...new FormData(button.form)].filter(([, value]) => value));
  wish.delete('q'); // a place that is named goes before one's own
  wish.set('lat', coords.latitude.toFixed(DECIMALS));
  wish.set('lon', coords.longitude.toFixed(DECIMALS));
  location.assign(`?${wish}#traffar`);
}

function refused() {
  said.textContent = said.dataset.textDenied;
}
