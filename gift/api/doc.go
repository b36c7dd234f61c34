// Package api is the dashboard's REST interface, its OpenAPI document, and the
// rules for accounts: passwords, tokens, logins, invites.
//
// # Usage
//
//	auth, err := api.NewAuth(service, api.AuthOptions{Secret: secret})
//	rest := api.New(service, auth, api.Options{})
//	mux.Handle("/api/", rest)
//
// It stands on [gift.Service] alone: it knows neither SQL nor the realtime
// engine. Sockets ask [Auth.Identify] who holds a token, and hear from
// [AuthOptions].OnLoginEnd when a login is over.
//
// # Errors
//
// Every error is application/problem+json ([Problem]). [statusOf] is the one
// table from domain codes to HTTP statuses. What is not a [gift.Error] is
// logged and answered as 500 without a word about its inside.
package api
