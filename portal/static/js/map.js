// The map beside a list of clinics: all that were found, in the list's own numbers, also those on its other pages. The
// list is the truth: whatever is missing here (Leaflet, the borders, a clinic's position) leaves it whole and the figure
// hidden. Where pins crowd, one button stands for them and opens.
// Colours are classes in map.css; nothing is written into style attributes or HTML strings.

const L = window.L;
const topojson = window.topojson;
const Supercluster = window.Supercluster;
const SWEDEN = [[54.6, 9.5], [69.6, 25.6]];
const PIN = { width: 44, height: 46 };
const NAMES_FROM_ZOOM = 7.5;
const PUSHES = 80;
const FEW = 20; // so many stand each for itself, stepping aside where they must
const CROWDED = 64; // pixels at whole steps of zoom, 45 between them: closer pins become one

const figure = document.querySelector('.map[data-borders]');
const clinics = JSON.parse(document.querySelector('#pins')?.textContent || '[]').map(readClinic);
const textOfGroup = figure?.dataset.textGroup;
const pageSize = Number(figure?.dataset.pageSize);

function present(there) {
  figure.hidden = !there;
  document.querySelectorAll('[data-needs-map]').forEach((element) => { element.hidden = !there; });
}

function still() {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

// Its place in the list, when it stands on this page of it.
function readClinic([number, name, latitude, longitude]) {
  const item = document.getElementById(`m${number}`);
  return { number, name, position: [latitude, longitude], item, link: item?.querySelector('h3 a') };
}

// The pins at once, and the land under them as soon as it has come: gives back what takes it.
function show() {
  const { tiles, tilesAttribution, zoomIn, zoomOut } = figure.dataset;
  const map = L.map(figure.querySelector('.map-canvas'), {
    attributionControl: false,
    zoomControl: false,
    scrollWheelZoom: false,
    dragging: !L.Browser.mobile,
    maxBounds: L.latLngBounds(SWEDEN).pad(0.1),
    maxBoundsViscosity: 1,
    minZoom: 4,
    maxZoom: tiles ? 18 : 13,
    zoomSnap: tiles ? 1 : 0.5,
    ...(still() && { zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false }),
  });
  const zoom = L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  figure.querySelector('figcaption').append(zoom.getContainer()); // beside the map, where it can't lie over a pin
  fit(map, nearest().map((clinic) => clinic.position));
  if (tiles) addTiles(map, tiles, tilesAttribution);
  const pins = new Pins(map);
  const setApart = L.layerGroup().addTo(map);
  const names = L.layerGroup().addTo(map);
  let places = [];
  const settle = () => {
    const shown = pins.settle();
    keepApart(map, shown, setApart);
    writeNames(map, shown, places, names);
  };
  map.on('moveend', settle);
  settle();
  takeOverWhenAsked(map);
  return (borders) => {
    addBorders(map, borders);
    if (!tiles) places = readPlaces(borders);
    settle();
  };
}

// What the map begins with: everything, or where it matters what lies near, this page of the list.
function nearest() {
  const here = clinics.filter((clinic) => clinic.item);
  return 'near' in figure.dataset && here.length ? here : clinics;
}

function fit(map, positions) {
  const padding = { paddingTopLeft: [28, 58], paddingBottomRight: [28, 14] };
  map.fitBounds(L.latLngBounds(positions), { ...padding, maxZoom: map.getMaxZoom() - 3, animate: false });
}

function addTiles(map, url, attribution) {
  figure.classList.add('map-tiled');
  L.tileLayer(url, { maxZoom: 18 }).addTo(map);
  L.control.attribution({ prefix: false }).addAttribution(attribution || '').addTo(map);
}

// Three shapes in all: the land, the municipalities' inner borders, and the counties' borders with the coast.
function addBorders(map, borders) {
  const { counties, municipalities } = borders.objects;
  const inner = (a, b) => a !== b && a.properties.code.slice(0, 2) === b.properties.code.slice(0, 2);
  const draw = (className, shape) => L.geoJSON(shape, { interactive: false, smoothFactor: 0, style: { className } }).addTo(map);
  draw('land', topojson.merge(borders, counties.geometries));
  draw('municipality', topojson.mesh(borders, municipalities, inner));
  draw('county', topojson.mesh(borders, counties));
}

// What stands on the map: pins, and buttons for those that crowd. Whatever still stands after a move is left alone, so
// that nobody's focus is lost.
class Pins {
  constructor(map) {
    this.map = map;
    this.standing = new Map(); // by key: what a pin or a group is made of
    this.index = new Supercluster({ radius: clinics.length > FEW ? CROWDED : 0, extent: 256, maxZoom: map.getMaxZoom() - 1 }).load(clinics.map((clinic, i) => ({
      type: 'Feature',
      properties: { i },
      geometry: { type: 'Point', coordinates: [clinic.position[1], clinic.position[0]] },
    })));
    for (const clinic of clinics.filter(({ item }) => item)) this.lightFrom(clinic);
  }

  // The pins and groups in view and a little around it, each { marker, position, members }.
  settle() {
    const view = this.map.getBounds().pad(0.25);
    const box = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()];
    const found = new Map(this.index.getClusters(box, Math.ceil(this.map.getZoom())).map((feature) => this.read(feature)));
    for (const [key, { marker }] of this.standing) if (!found.has(key)) marker.remove();
    const wanted = [...found].sort(([, one], [, other]) => one.members[0].number - other.members[0].number);
    this.standing = new Map(wanted.map(([key, each]) => [key, this.standing.get(key) ?? this.add(each)]));
    return [...this.standing.values()];
  }

  read({ properties, geometry }) {
    const position = [geometry.coordinates[1], geometry.coordinates[0]];
    if (!properties.cluster) return [`pin ${properties.i}`, { position, members: [clinics[properties.i]] }];
    const leaves = this.index.getLeaves(properties.cluster_id, Infinity).map((leaf) => clinics[leaf.properties.i]);
    const members = leaves.sort((one, other) => one.number - other.number);
    return [`group ${members.map(({ number }) => number).join(' ')}`, { position, members, id: properties.cluster_id }];
  }

  add(each) {
    const element = each.members.length > 1 ? this.group(each) : pin(each.members[0]);
    const { width, height } = PIN;
    const icon = L.divIcon({ html: element, className: '', iconSize: [width, height], iconAnchor: [width / 2, height] });
    const marker = L.marker(each.position, { icon, keyboard: false, riseOnHover: true }).addTo(this.map);
    element.addEventListener('focus', () => {
      marker.setZIndexOffset(1000);
      this.map.panInside(marker.getLatLng(), { paddingTopLeft: [30, 60], paddingBottomRight: [30, 12], animate: false });
    });
    element.addEventListener('blur', () => marker.setZIndexOffset(0));
    return { ...each, marker, element };
  }

  group(each) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'pin pin-group';
    button.setAttribute('aria-label', textOfGroup.replace('{n}', each.members.length));
    button.append(mark(each.members.length));
    button.addEventListener('click', (event) => {
      event.stopPropagation();
      this.open(each);
    });
    return button;
  }

  // Comes so close that the group parts, and leads on to the first that was in it.
  open({ id, position, members }) {
    const zoom = Math.min(this.index.getClusterExpansionZoom(id), this.map.getMaxZoom());
    this.map.setView(position, zoom, { animate: false });
    const first = this.holding(members[0]) ?? [...this.standing.values()].find((each) => members.includes(each.members[0]));
    first?.element.focus({ preventScroll: true });
  }

  holding(clinic) {
    return [...this.standing.values()].find((each) => each.members.includes(clinic));
  }

  lightFrom(clinic) {
    const light = (on) => {
      const holding = this.holding(clinic);
      holding?.element.classList.toggle('pin-lit', on);
      holding?.marker.setZIndexOffset(on ? 1000 : 0);
    };
    for (const [begin, end] of [['focusin', 'focusout'], ['mouseenter', 'mouseleave']]) {
      clinic.item.addEventListener(begin, () => light(true));
      clinic.item.addEventListener(end, () => light(false));
    }
  }
}

function mark(text) {
  const span = document.createElement('span');
  span.textContent = text;
  return span;
}

// A link to the clinic in the list, on whichever page of it.
function pin(clinic) {
  const { number, name, item } = clinic;
  const element = document.createElement('a');
  element.className = item ? 'pin' : 'pin pin-elsewhere';
  element.href = item ? `#m${number}` : onItsPage(number);
  element.setAttribute('aria-label', `${number}. ${name}`);
  element.append(mark(number));
  element.addEventListener('click', (event) => {
    event.stopPropagation();
    if (!item) return;
    event.preventDefault();
    choose(clinic);
  });
  element.addEventListener('keydown', (event) => {
    if (event.key !== ' ') return;
    event.preventDefault();
    element.click();
  });
  return element;
}

function onItsPage(number) {
  const wish = new URLSearchParams(location.search);
  wish.set('sida', Math.ceil(number / pageSize));
  return `?${wish}#m${number}`;
}

// Pins that would cover each other step aside, and a line leads to their spot: each stays whole, readable and pressable.
function keepApart(map, pins, lines) {
  const spots = pins.map(({ position }) => map.latLngToLayerPoint(position));
  const feet = spots.map((spot) => spot.clone());
  for (let push = 0, moved = true; moved && push < PUSHES; push += 1) {
    moved = false;
    feet.forEach((foot, i) => feet.slice(i + 1).forEach((other) => { moved = part(foot, other) || moved; }));
  }
  lines.clearLayers();
  pins.forEach(({ marker, position }, i) => {
    const aside = feet[i].distanceTo(spots[i]) > 1;
    const foot = aside ? map.layerPointToLatLng(feet[i]) : position;
    marker.setLatLng(foot);
    if (!aside) return;
    L.polyline([position, foot], { className: 'aside', interactive: false }).addTo(lines);
    L.circleMarker(position, { className: 'spot', radius: 3, interactive: false }).addTo(lines);
  });
}

// Two pins part along the way that is shorter, each half of it. Says whether they had to.
function part(one, other) {
  const x = PIN.width - Math.abs(other.x - one.x);
  const y = PIN.height - Math.abs(other.y - one.y);
  if (x < 0.5 || y < 0.5) return false;
  const axis = x <= y ? 'x' : 'y';
  const half = (axis === 'x' ? x : y) / 2;
  const sign = other[axis] < one[axis] ? -1 : 1;
  one[axis] -= sign * half;
  other[axis] += sign * half;
  return true;
}

function choose({ item, link }) {
  for (const { item: other } of clinics) other?.classList.toggle('chosen', other === item);
  item.scrollIntoView({ block: 'center', behavior: still() ? 'auto' : 'smooth' });
  link.focus({ preventScroll: true });
}

function readPlaces(borders) {
  return topojson.feature(borders, borders.objects.municipalities).features
    .map((feature) => ({ name: feature.properties.name, bounds: L.geoJSON(feature).getBounds() }))
    .sort((a, b) => span(b.bounds) - span(a.bounds));
}

// Names of municipalities, the large ones first, each only where it covers neither a pin nor another name.
function writeNames(map, pins, places, layer) {
  layer.clearLayers();
  if (map.getZoom() < NAMES_FROM_ZOOM) return;
  const view = L.bounds([0, 0], map.getSize());
  const taken = pins.map(({ marker }) => (
    box(map.latLngToContainerPoint(marker.getLatLng()).subtract([0, PIN.height / 2]), PIN.width, PIN.height)
  ));
  for (const { name, bounds } of places) {
    const width = name.length * 9 + 4;
    const room = box(map.latLngToContainerPoint(bounds.getCenter()), width, 20);
    if (view.contains(room) && !taken.some((other) => other.overlaps(room))) {
      taken.push(room);
      addName(name, bounds.getCenter(), width, layer);
    }
  }
}

function addName(name, position, width, layer) {
  const label = document.createElement('span');
  label.textContent = name;
  label.setAttribute('aria-hidden', 'true');
  const icon = L.divIcon({ html: label, className: 'place', iconSize: [width, 20] });
  L.marker(position, { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(layer);
}

function span(bounds) {
  return (bounds.getEast() - bounds.getWest()) * (bounds.getNorth() - bounds.getSouth());
}

function box(centre, width, height) {
  const half = L.point(width / 2, height / 2);
  return L.bounds(centre.subtract(half), centre.add(half));
}

// The wheel, and a finger on a phone, move the page until the map has been pressed or focused.
function takeOverWhenAsked(map) {
  const canvas = map.getContainer();
  const taken = (on) => {
    map.scrollWheelZoom[on ? 'enable' : 'disable']();
    if (L.Browser.mobile) map.dragging[on ? 'enable' : 'disable']();
  };
  canvas.addEventListener('focusin', () => taken(true));
  canvas.addEventListener('focusout', () => taken(false));
}

if (figure && L && topojson && Supercluster && clinics.length) {
  const land = fetch(figure.dataset.borders).then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)));
  present(true);
  land.then(show()).catch(() => present(false));
}
