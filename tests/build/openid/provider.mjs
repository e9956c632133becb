// A real OpenID provider, written by others, on loopback: the people and clients come as one line of JSON on standard input,
// its address goes as one line to standard output, and when standard input ends, so does it.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";

import { interactionPolicy, Provider } from "oidc-provider";

const OIDC_SE = "https://id.oidc.se";
const FREJA = "https://frejaeid.com/oidc";

// What each scope brings along. Inera's names are bare.
const CLAIMS = {
  openid: ["sub"],
  profile: ["given_name", "family_name", "name"],
  [`${OIDC_SE}/scope/naturalPersonInfo`]: ["given_name", "family_name", "name"],
  [`${OIDC_SE}/scope/naturalPersonNumber`]: [
    `${OIDC_SE}/claim/personalIdentityNumber`,
    `${OIDC_SE}/claim/coordinationNumber`,
  ],
  [`${OIDC_SE}/scope/naturalPersonOrgId`]: [
    "given_name",
    "family_name",
    "name",
    `${OIDC_SE}/claim/orgAffiliation`,
    `${OIDC_SE}/claim/orgNumber`,
  ],
  [`${FREJA}/scopes/personalIdentityNumber`]: [
    `${FREJA}/claims/personalIdentityNumber`,
    `${FREJA}/claims/country`,
  ],
  [`${FREJA}/scopes/loaLevel`]: [`${FREJA}/claims/loaLevel`],
  employee: ["employeeHsaId", "credentialGivenName", "credentialSurname"],
};

const input = createInterface({ input: process.stdin });
const [line] = await once(input, "line");
input.on("close", () => process.exit(0));
const { people, levels, clients } = JSON.parse(line);

function claimsOf(person, level) {
  const coordinated = Number(person.number.slice(6, 8)) > 60;
  const numbered = coordinated ? "coordinationNumber" : "personalIdentityNumber";
  const names = { given_name: person.given_name, family_name: person.family_name };
  const claims = {
    ...names,
    name: `${person.given_name} ${person.family_name}`,
    [`${OIDC_SE}/claim/${numbered}`]: person.number,
    [`${FREJA}/claims/personalIdentityNumber`]: person.number,
    [`${FREJA}/claims/country`]: "SE",
    [`${FREJA}/claims/loaLevel`]: `LOA${level.at(-1)}`,
    credentialGivenName: person.given_name,
    credentialSurname: person.family_name,
  };
  if (person.hsa_id) {
    claims.employeeHsaId = person.hsa_id;
    claims[`${OIDC_SE}/claim/orgNumber`] = "2321000016";
    claims[`${OIDC_SE}/claim/orgAffiliation`] = `${person.hsa_id}@2321000016`;
  }
  return claims;
}

// Account ids say nothing about anybody: the person's place in the list, and the level it chose.
function account(id) {
  const [place, level] = id.split("-").map(Number);
  return {
    accountId: id,
    claims: (use) => ({ sub: id, ...(use === "id_token" && people[place].only_userinfo ? {} : claimsOf(people[place], levels[level])) }),
  };
}

function page(uid) {
  const radio = (name, value, says, checked) =>
    `<p><label><input type="radio" name="${name}" value="${value}"${checked ? " checked" : ""}> ${says}</label></p>`;
  const who = people.map((each) => radio("number", each.number, `${each.given_name} ${each.family_name}`, false));
  const level = levels.map((each, place) => radio("level", place, each, place === 0));
  return `<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>Provutfärdare</title></head><body>
<h1>Provutfärdare</h1>
<form id="choose" method="post" action="/interaction/${uid}">
<fieldset><legend>Vem är du?</legend>${who.join("")}</fieldset>
<fieldset><legend>Tillitsnivå</legend>${level.join("")}</fieldset>
<p><button type="submit">Legitimera</button> <button type="submit" name="cancel" value="1">Avbryt</button></p>
</form></body></html>`;
}

// Who was here before in this browser is let go without further ado when somebody else comes.
async function letGo(provider, before, accountId) {
  if (!before?.accountId || before.accountId === accountId) return;
  const session = await provider.Session.findByUid(before.uid);
  Object.assign(session, { accountId: undefined, loginTs: undefined, authorizations: undefined });
  await session.persist();
}

async function interact(provider, request, response) {
  const { uid, session } = await provider.interactionDetails(request, response);
  if (request.method !== "POST") {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(page(uid));
    return;
  }
  const form = new URLSearchParams(await text(request));
  const place = people.findIndex((each) => each.number === form.get("number"));
  const level = Number(form.get("level") ?? 0);
  const accountId = `${place}-${level}`;
  const chosen = place >= 0 && !form.has("cancel");
  const result = chosen
    ? { login: { accountId, acr: levels[level], remember: false } }
    : { error: "access_denied", error_description: "Användaren avbröt" };
  const next = await provider.interactionResult(request, response, result, { mergeWithLastSubmission: false });
  if (chosen) await letGo(provider, session, accountId);
  response.writeHead(303, { Location: next }).end();
}

// Nobody is asked whether the client may know: that is agreed between the two.
async function grant(ctx) {
  const { client, session, requestParamScopes } = ctx.oidc;
  const given = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  given.addOIDCScope([...requestParamScopes].join(" "));
  await given.save();
  return given;
}

function configuration() {
  const policy = interactionPolicy.base();
  policy.remove("consent");
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
  return {
    clients,
    acrValues: levels,
    claims: { acr: null, auth_time: null, iss: null, ...CLAIMS },
    scopes: ["openid", ...Object.keys(CLAIMS)],
    conformIdTokenClaims: false,
    cookies: { keys: [randomBytes(32).toString("hex")] },
    features: { devInteractions: { enabled: false }, jwtUserinfo: { enabled: true } },
    findAccount: (_ctx, id) => account(id),
    interactions: { policy, url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    jwks: { keys: [{ ...rsa, kid: "rsa", use: "sig" }, { ...ec, kid: "ec", use: "sig" }] },
    loadExistingGrant: grant,
    pkce: { required: () => true },
    responseTypes: ["code"],
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 120, Interaction: 600, Session: 600 },
  };
}

const server = createServer();
server.listen(0, "127.0.0.1");
await once(server, "listening");
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, configuration());
const answer = provider.callback();
server.on("request", (request, response) => {
  if (!request.url.startsWith("/interaction/")) {
    answer(request, response);
    return;
  }
  interact(provider, request, response).catch((error) => {
    process.stderr.write(`${error.stack}\n`);
    response.statusCode = 400;
    response.end();
  });
});
process.stdout.write(`${issuer}\n`);
