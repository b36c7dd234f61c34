// Package jwtauth is a [realtime.Authorizer] for signed tokens (JWT), which name the user and
// the topics that the user may read. The stand-alone hub uses it, so that an app in any
// language can grant access.
//
// # The token
//
//	{"iss":"https://app.example.com","aud":"tidings","sub":"u1","iat":1767225300,"exp":1767225600,
//	 "sid":"login-7","jti":"token-9","topics":["list-items:f3","user:*"],"presence":true}
//
// sub and exp are required. topics are exact names, or all of a type with a star behind the
// colon. sid names the login, jti the token, and iat is when it was issued: a revocation
// refers to them. With presence the user sees other readers of a topic, is seen by them, and
// sends and gets signals.
//
// # Revocation
//
// [Authorizer.Revoke] revokes the tokens of a user or of a login, one token, or topics of
// tokens. It ends sessions and subscriptions that used them, and such tokens are refused from
// then on: at connect, at a refresh, and at a subscribe. [Options.MaxLifetime] bounds how long
// a revocation has to be kept. With [Options.Store] revocations survive a restart.
//
// # Keys
//
// An [Issuer] has up to [MaxKeys] secrets (HS256) and public keys (RS256, ES256, EdDSA), or a
// URL of a JWK set. To rotate a key, accept the old and the new one until the last token of the
// old one has expired; [Authorizer.SetIssuers] changes keys while sessions go on. The kind of
// a key determines the algorithm: a token cannot choose it. A token's jku, x5u and jwk are
// ignored. Keys of different issuers are separate, even under the same id.
//
// A set is fetched every [JWKSRefresh], and for a token with an unknown kid, at most every
// [JWKSInterval]. If the kid is not in the set that was fetched for it, the token is refused
// (token_invalid). While the set must not be fetched again, or cannot be, a token with an
// unknown kid gets the error internal, and its client comes back. So nobody can keep others
// out with keys that do not exist.
package jwtauth
