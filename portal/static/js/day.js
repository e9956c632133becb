// The staff's day list keeps itself fresh. A row that somebody is using (it holds the focus, or the pointer is on one of
// its buttons) is left alone until they leave it; nothing here moves focus, and what is in use stays where it is on the
// screen. Without this script the page is refreshed by hand and works the same.

const live = document.getElementById('day-live');
const status = document.getElementById('live-words');
const keySwitch = document.getElementById('single-keys');
const GIVE_UP_AFTER = 10000;
const TYPED_IN = 'textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])';

class LoggedOut extends Error {}

let lastGood = new Date();
let latest = null; // the newest page that still has something to bring in
let timer = 0;
let asking = false;

// Refreshing

async function refresh() {
  if (asking || document.hidden) return; // a page that is looked at again asks at once
  asking = true;
  clearTimeout(timer);
  try {
    const page = await ask();
    lastGood = new Date();
    bringIn(page);
    say(page.getElementById('live-words'));
  } catch (trouble) {
    if (trouble instanceof LoggedOut) location.reload(); // the server then shows the log-in
    else sayLost();
  }
  asking = false;
  timer = setTimeout(refresh, Number(live.dataset.refresh) * 1000);
}

async function ask() {
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(), GIVE_UP_AFTER);
  try {
    const answer = await fetch(live.dataset.url, {
      headers: { 'X-Background': '1' }, redirect: 'manual', cache: 'no-store', signal: stop.signal,
    });
    if (answer.type === 'opaqueredirect' || answer.status === 401 || answer.status === 403) throw new LoggedOut();
    if (!answer.ok) throw new Error(answer.status);
    return new DOMParser().parseFromString(await answer.text(), 'text/html');
  } finally {
    clearTimeout(limit);
  }
}

function bringIn(page) {
  const fresh = page.getElementById('day-live');
  if (!fresh) return;
  let waiting = false;
  const anchor = focusedRow() ?? live.querySelector('tr:hover') ?? firstRowInView();
  const before = anchor?.getBoundingClientRect().top;

  waiting = replaceIfFree(document.querySelector('.counts'), page.querySelector('.counts')) || waiting;
  const body = live.querySelector('tbody');
  const freshBody = fresh.querySelector('tbody');
  if (body && freshBody) waiting = bringInRows(body, freshBody) || waiting;
  else waiting = replaceIfFree(live, fresh, () => live.replaceChildren(...document.importNode(fresh, true).childNodes)) || waiting;

  const after = anchor?.isConnected ? anchor : document.getElementById(anchor?.id);
  if (after) window.scrollBy({ top: after.getBoundingClientRect().top - before, behavior: 'instant' });
  latest = waiting ? page : null;
}

// Says whether something had to wait.
function replaceIfFree(old, fresh, replace = () => old.replaceWith(document.importNode(fresh, true))) {
  if (!old || !fresh || old.innerHTML === fresh.innerHTML) return false;
  if (old.contains(document.activeElement)) return true;
  replace();
  return false;
}

function bringInRows(body, freshBody) {
  const rows = new Map([...body.rows].map((row) => [row.id || row, row]));
  const wanted = [];
  let waiting = false;
  for (const fresh of freshBody.rows) {
    const row = rows.get(fresh.id);
    rows.delete(fresh.id);
    if (row && (row.dataset.version === fresh.dataset.version || inUse(row))) {
      waiting ||= row.dataset.version !== fresh.dataset.version;
      wanted.push(row);
    } else {
      const copy = document.importNode(fresh, true);
      row?.replaceWith(copy);
      wanted.push(copy);
    }
  }
  for (const gone of rows.values()) {
    if (inUse(gone)) {
      waiting = true;
      wanted.splice(wanted.indexOf(gone.previousElementSibling) + 1, 0, gone);
    } else gone.remove();
  }
  putInOrder(body, wanted);
  return waiting;
}

// The row with the focus is never moved itself (that would lose the focus): the others are moved around it.
function putInOrder(body, wanted) {
  const still = focusedRow();
  let next = body.firstElementChild;
  for (const row of wanted) {
    if (row === next || row === still) next = row.nextElementSibling;
    else body.insertBefore(row, next);
  }
}

function focusedRow() {
  return document.activeElement?.closest('#day-live tr') ?? null;
}

function inUse(row) {
  return row.contains(document.activeElement) || row.querySelector('a:hover, button:hover') !== null;
}

function firstRowInView() {
  return [...live.querySelectorAll('tr')].find((row) => row.getBoundingClientRect().bottom > 0);
}

// Words

function say(fresh) {
  if (!status || !fresh || status.contains(document.activeElement) || status.innerHTML === fresh.innerHTML) return;
  const words = fresh.textContent.trim() ? document.importNode(fresh, true).childNodes : []; // .toast:empty is not shown
  status.replaceChildren(...words);
}

function sayLost() {
  if (!status || status.contains(document.activeElement)) return;
  const separator = ['sv', 'fi'].includes(document.documentElement.lang) ? '.' : ':';
  const time = lastGood.toLocaleTimeString('sv-SE', { hour: '2-digit', minute: '2-digit' }).replace(':', separator);
  const words = live.dataset.textLost.replace('{time}', time);
  if (status.textContent !== words) status.textContent = words;
}

// Keys: letters only act while a row has the focus, and all of it can be switched off

function onKey(event) {
  const at = event.target;
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
  if (keySwitch && !keySwitch.checked) return;
  if (at.isContentEditable || at.matches(TYPED_IN)) return;
  const act = pageAct(event) ?? rowAct(event, at.closest('#day-live tr'));
  if (!act) return;
  event.preventDefault();
  act();
}

function pageAct({ key }) {
  const search = document.querySelector('input[type=search]');
  const help = document.querySelector('details#keys');
  if (key === '/' && search) return () => search.focus();
  if (key === '?' && help) return () => { help.open = true; help.querySelector('summary').focus(); };
  return null;
}

function rowAct({ key }, row) {
  if (!row) return null;
  if (key === 'ArrowDown') return () => stepFrom(row, 'nextElementSibling');
  if (key === 'ArrowUp') return () => stepFrom(row, 'previousElementSibling');
  const letter = key.toUpperCase();
  if (!'ASKZ'.includes(letter)) return null;
  const button = row.querySelector(`[data-key="${letter}"]`);
  return button && (() => button.click());
}

function stepFrom(row, direction) {
  for (let other = row[direction]; other; other = other[direction]) {
    const control = other.querySelector('a[href], button:not([disabled]), select, input:not([type=hidden])');
    if (control) {
      control.focus();
      return;
    }
  }
}

function rememberKeySwitch() {
  try {
    keySwitch.checked = (localStorage.getItem('single-keys') ?? 'on') === 'on';
    keySwitch.addEventListener('change', () => localStorage.setItem('single-keys', keySwitch.checked ? 'on' : 'off'));
  } catch { /* storage is closed: the box works, it is only not remembered */ }
}

if (live) {
  if (keySwitch) rememberKeySwitch();
  document.addEventListener('keydown', onKey);
  document.addEventListener('focusout', () => setTimeout(() => latest && bringIn(latest)));
  document.addEventListener('visibilitychange', () => document.hidden || refresh());
  timer = setTimeout(refresh, Number(live.dataset.refresh) * 1000);
}
