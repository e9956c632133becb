// The page that waits for an app: each second a new QR code, what to do next in words, and on by itself when it is over.

const EVERY_MS = 1000;
const SLOWER_MS = 5000; // while there is no contact

const waiting = document.querySelector('[data-waiting]');
const said = document.querySelector('[data-said]');
const code = document.querySelector('[data-qr] svg');

function say(words) {
  if (said.textContent !== words) said.textContent = words; // said aloud once, not once a second
}

function draw([path, size]) {
  code.setAttribute('viewBox', `0 0 ${size} ${size}`);
  code.querySelector('path').setAttribute('d', path);
}

async function look() {
  try {
    const answer = await fetch(waiting.dataset.waiting, { headers: { Accept: 'application/json' } });
    if (!answer.ok) throw new Error(answer.status);
    const told = await answer.json();
    if (told.go) {
      location.replace(told.go);
      return;
    }
    if (String(told.launched) !== waiting.dataset.launched) {
      location.replace(waiting.dataset.here); // the app was opened here, or is no longer
      return;
    }
    say(told.said);
    if (told.qr) draw(told.qr);
    setTimeout(look, EVERY_MS);
  } catch {
    say(waiting.dataset.textLost);
    setTimeout(look, SLOWER_MS);
  }
}

if (waiting) setTimeout(look, EVERY_MS);
