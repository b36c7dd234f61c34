// Package jwtauth is a [realtime.Authorizer] that goes by what a signed token
// says: who the user is, and which topics they may read. The stand-alone hub
// uses it, so that an app in any language can hand out access.
//
// # The token
//
//	{"iss":"https://app.example.com","aud":"tidings","sub":"u1","iat":1767225300,"exp":1767225600,
//	 "sid":"login-7","jti":"token-9","topics":["list-items:f3","user:*"],"presence":true}
//
// sub and exp must be there. topics are exact names, or all of a type with a
// star behind the colon. sid names the login, jti the token, and iat is when it
// was issued: what a token gives can be taken back by them. presence lets the
// user see who else is there, be seen, and send signals.
//
// # Taking access back
//
// [Authorizer.Revoke] takes back what tokens have given: of a user, a login, a
// token, or some topics. What lives by it ends, and such tokens are refused from
// then on: at connect, at a refresh, and when a topic is subscribed to. How long
// that is remembered is bounded by [Options.MaxLifetime]; whether a restart
// forgets it, is up to [Options.Store].
//
// # Keys
//
// An [Issuer] has secrets (HS256) and public keys (RS256, ES256, EdDSA), up to
// [MaxKeys] of them, or a URL with a JWK set. To change a key without refusing
// anybody, take the old and the new one until the last token by the old one has
// expired; [Authorizer.SetIssuers] changes them while sessions go on. The algorithm is tied to the kind of key: a token cannot
// choose it. What a token's header says of where its key is (jku, x5u, jwk) is
// never looked at. Keys of different issuers are apart, even under the same id.
//
// A set is fetched every [JWKSRefresh], and for a token whose kid is not in it,
// every [JWKSInterval] at most. If the kid is not in what was fetched for it, the
// token is refused (token_invalid). A token that comes before the set may be
// fetched again, or while it cannot be, is told to come back (internal): nobody
// can keep others out by naming keys that do not exist.
package jwtauth
