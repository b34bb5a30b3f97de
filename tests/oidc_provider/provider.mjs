// The OpenID provider that tests sign in at: the real oidc-provider, with one client, which is the tests' app.
//
// From the environment:
//
//     PACKAGES       the folder where it is installed: what tests/servers/oidc.sh prints
//     CLIENT_ID, CLIENT_SECRET
//     CLIENT_AUTH    how the client says who it is: client_secret_post, unless it says client_secret_basic
//     ALGORITHM      signs ID tokens: RS256, unless it says ES256
//
// It listens on a free port of 127.0.0.1, says `listening on http://…` on standard error when it is ready, and ends when
// whoever started it does. Anybody may sign in under any name, with any password: arthur has the address
// arthur@camelot.bt. What it refuses, and why, is a line on standard output. `POST /test/rotate` gives it new keys.

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const { CLIENT_ID, CLIENT_SECRET, CLIENT_AUTH = 'client_secret_post', ALGORITHM = 'RS256' } = process.env;
const installed = createRequire(`${process.env.PACKAGES}/`).resolve('oidc-provider');
const { default: Provider } = await import(pathToFileURL(installed));

const callbacks = ['/auth/oidc/callback', '/auth/oidc/cookie/callback', '/auth/associate/oidc/callback'];

const client = {
  client_id: CLIENT_ID,
  client_secret: CLIENT_SECRET,
  // To a client of this type the port of a loopback address does not matter (RFC 8252, 7.3).
  application_type: 'native',
  redirect_uris: ['127.0.0.1', 'localhost'].flatMap((host) => callbacks.map((path) => `http://${host}${path}`)),
  response_types: ['code'],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: CLIENT_AUTH,
  id_token_signed_response_alg: ALGORITHM,
};

const settings = {
  clients: [client],
  clientAuthMethods: [CLIENT_AUTH],
  cookies: { keys: [randomUUID()] },
  pkce: { methods: ['S256'], required: () => true },
  scopes: ['openid', 'offline_access'],
  claims: { email: ['email', 'email_verified'], profile: ['name'] },
  rotateRefreshToken: true,
  features: {
    devInteractions: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  findAccount: (_, login) => ({
    accountId: login,
    claims: () => ({
      sub: login,
      email: `${login}@camelot.bt`,
      // Nobody vouches for him.
      email_verified: login !== 'mordred',
      name: login[0].toUpperCase() + login.slice(1),
    }),
  }),
};

const refusals = [
  'authorization.error',
  'grant.error',
  'introspection.error',
  'revocation.error',
  'server_error',
  'userinfo.error',
];

function newKeys() {
  const pairs = [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ];
  return pairs.map(({ privateKey }) => ({ ...privateKey.export({ format: 'jwk' }), use: 'sig' }));
}

// A provider whose first keys sign. All of them share what they have issued.
function providerWith(keys) {
  const provider = new Provider(issuer, { ...settings, jwks: { keys } });
  for (const refusal of refusals) {
    provider.on(refusal, (_, { error, error_detail, error_description, message }) => {
      console.log(`refused: ${error ?? message}: ${error_detail ?? error_description}`);
    });
  }
  return provider.callback();
}

const server = createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/test/rotate') {
    keys = [...newKeys(), ...keys];
    answer = providerWith(keys);
    response.writeHead(204).end();
  } else {
    answer(request, response);
  }
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;
let keys = newKeys();
let answer = providerWith(keys);
console.error(`listening on ${issuer}`);

const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(), 500);
