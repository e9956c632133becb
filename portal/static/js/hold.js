// The time a person has for something (`.hold`): the words follow the clock, and are spoken at two minutes, at thirty
// seconds and when it is over. Without this script the clock time in the text is true all the same. Nothing is ever
// taken away here: the server decides, the page only says.

const LOW = 120;
const LAST = 30;

function liveRegion(role) {
  const region = document.createElement('p');
  region.className = 'vh';
  region.setAttribute('role', role);
  return region;
}

function follow(hold) {
  const text = hold.dataset;
  const until = Date.parse(text.until);
  const skew = Date.parse(text.now) - Date.now(); // phones have clocks of their own
  const words = hold.querySelector('.hold-left');
  const bar = hold.querySelector('progress');
  const status = liveRegion('status');
  const alert = liveRegion('alert');
  if (Number.isNaN(until + skew) || !words) return;
  hold.after(status, alert);

  const seconds = () => Math.ceil((until - skew - Date.now()) / 1000);
  const minutes = (left) => Math.max(1, Math.round(left / 60));
  const sentence = (left) => {
    if (left <= 0) return text.textOver;
    if (left === 1 && text.textSecond) return text.textSecond;
    if (left < 60) return text.textSeconds.replace('{n}', left);
    const n = minutes(left);
    return n === 1 ? text.textMinute : text.textMinutes.replace('{n}', n);
  };
  const stage = (left) => (left <= 0 ? 3 : left <= LAST ? 2 : left <= LOW ? 1 : 0);
  let said = 0;

  if (bar && !bar.hasAttribute('max')) bar.max = minutes(seconds());

  (function tick() {
    const left = seconds();
    const now = stage(left);
    const sentenceNow = sentence(left);
    if (words.textContent !== sentenceNow) words.textContent = sentenceNow;
    if (bar) bar.value = left < 60 ? 0 : minutes(left);
    hold.classList.toggle('hold-low', now > 0);
    if (now > said) {
      (now > 1 ? alert : status).textContent = sentenceNow;
      said = now;
    }
    if (left > 0) setTimeout(tick, 1000 - (Date.now() % 1000));
  })();
}

document.querySelectorAll('.hold[data-until]').forEach(follow);
