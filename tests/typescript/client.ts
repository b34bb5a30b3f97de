// A client of examples/camelot, by the types that its document gives: it signs up and in, reads and changes itself, and
// signs out. Its address is in CAMELOT_URL.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type User = components["schemas"]["UserRead"];

const baseUrl = process.env["CAMELOT_URL"];
assert(baseUrl);
const camelot = createClient<paths>({ baseUrl });

const credentials = { email: "arthur@camelot.bt", password: "guinevere" };
const registered = await camelot.POST("/auth/register", { body: credentials });
assert.equal(registered.response.status, 201);
const arthur: User | undefined = registered.data;
assert(arthur);

// An error is one of those that the document tells.
const again = await camelot.POST("/auth/register", { body: credentials });
assert.equal(again.response.status, 400);
assert.equal(again.error?.detail, "REGISTER_USER_ALREADY_EXISTS");
const short = await camelot.POST("/auth/register", { body: { ...credentials, password: "ab" } });
assert.deepEqual(short.error?.detail, {
    code: "REGISTER_INVALID_PASSWORD",
    reason: "Password should be at least 3 characters",
});

const signedIn = await camelot.POST("/auth/jwt/login", {
    body: { username: credentials.email, password: credentials.password },
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    bodySerializer: ({ username, password }) => new URLSearchParams({ username, password }),
});
assert(signedIn.data);
const token: string = signedIn.data.access_token;
camelot.use({
    onRequest({ request }) {
        request.headers.set("Authorization", `Bearer ${token}`);
    },
});

const me = await camelot.GET("/users/me");
assert.deepEqual(me.data, { ...arthur, is_verified: false });
const greeting = await camelot.GET("/authenticated");
assert.equal(greeting.data?.message, "Hello arthur@camelot.bt!");

const changed = await camelot.PATCH("/users/me", { body: { email: "king@camelot.bt" } });
assert.equal(changed.data?.email, "king@camelot.bt");
const forbidden = await camelot.GET("/users/{id}", { params: { path: { id: arthur.id } } });
assert.deepEqual([forbidden.response.status, forbidden.error?.detail], [403, "Forbidden"]);

const signedOut = await camelot.POST("/auth/jwt/logout");
assert.deepEqual([signedOut.response.status, signedOut.data], [200, null]);
const gone = await camelot.GET("/users/me");
assert.deepEqual([gone.response.status, gone.error?.detail], [401, "Unauthorized"]);
console.log("signed up, in and out");

// What the document does not allow does not compile.
export const mistakes = async () => {
    // @ts-expect-error There is no such route.
    await camelot.GET("/users/you");
    // @ts-expect-error A registration needs a password.
    await camelot.POST("/auth/register", { body: { email: "arthur@camelot.bt" } });
    // @ts-expect-error An address is a text.
    await camelot.PATCH("/users/me", { body: { email: 3 } });
    // @ts-expect-error An address can't be taken away.
    await camelot.PATCH("/users/me", { body: { email: null } });
    // @ts-expect-error Nobody sees a password.
    arthur.password;
};
