// Writes Sweden's borders as TopoJSON. Run by borders.py: node borders.mjs MUNICIPALITIES.parquet COUNTIES.parquet OUT
// The source is simplified already (some 6,800 points), so nothing is simplified again: neighbours share each border
// exactly, and counties are put together from their municipalities.

import { writeFileSync } from 'node:fs';

import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { merge, mergeArcs } from 'topojson-client';
import { topology } from 'topojson-server';

const STEPS = 5e4; // some 15 by 30 metres: finer than a pixel where the map can be zoomed without tiles
const SLIVER = 1e-3; // square degrees, some 6 km²: the smallest lake without a municipality is forty times larger

const read = async (file) => parquetReadObjects({ file: await asyncBufferFromFile(file) });
const [municipalityFile, countyFile, out] = process.argv.slice(2);
const municipalities = (await read(municipalityFile)).map((row) => feature(row.kommun_kod, row.kommun, row.geometry));
const counties = (await read(countyFile)).map((row) => ({ code: row.lan_kod, name: row.lan }));

mend(municipalities);
const borders = encode(municipalities, STEPS);
const parts = borders.objects.municipalities.geometries;
borders.objects.counties = {
  type: 'GeometryCollection',
  geometries: counties.map((county) => ({
    ...mergeArcs(borders, parts.filter((part) => part.properties.code.startsWith(county.code))),
    properties: county,
  })),
};
writeFileSync(out, JSON.stringify(borders));

function feature(code, name, geometry) {
  return { type: 'Feature', properties: { code, name }, geometry };
}

function encode(features, steps) {
  return topology({ municipalities: { type: 'FeatureCollection', features } }, steps);
}

// Where three municipalities meet, the source leaves a few gaps: one of them takes a short cut past a corner that the
// others turn. The one along the gap's longest side gets the corner too.
function mend(features) {
  const whole = encode(features);
  const land = merge(whole, whole.objects.municipalities.geometries);
  const gaps = land.coordinates.flatMap((polygon) => polygon.slice(1)).filter((ring) => area(ring) < SLIVER);
  const rings = features.flatMap((one) => one.geometry.coordinates.flat());
  for (const gap of gaps) {
    const corners = gap.slice(0, -1);
    const from = longestSide(gap);
    const [start, end, ...others] = [...corners.slice(from), ...corners.slice(0, from)];
    if (!rings.some((ring) => fillIn(ring, start, end, others))) throw new Error(`No neighbour for the gap at ${start}`);
  }
}

// The gap runs start, end, others…, back to start; the neighbour has start and end side by side, in either order.
function fillIn(ring, start, end, others) {
  for (let i = 1; i < ring.length; i += 1) {
    const along = same(ring[i - 1], end) && same(ring[i], start);
    const against = same(ring[i - 1], start) && same(ring[i], end);
    if (along || against) {
      ring.splice(i, 0, ...(along ? others : others.toReversed()));
      return true;
    }
  }
  return false;
}

function longestSide(ring) {
  const length = (i) => Math.hypot(ring[i + 1][0] - ring[i][0], ring[i + 1][1] - ring[i][1]);
  return ring.slice(0, -1).map((_, i) => i).reduce((longest, i) => (length(i) > length(longest) ? i : longest));
}

function area(ring) {
  const twice = ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i][0] * y - x * ring[i][1], 0);
  return Math.abs(twice) / 2;
}

function same(a, b) {
  return a[0] === b[0] && a[1] === b[1];
}
