package realtime

// Code is a stable error code of the wire.
type Code string

const (
	CodeBadRequest       Code = "bad_request"
	CodeInvalidTopic     Code = "invalid_topic"
	CodeForbidden        Code = "forbidden"
	CodeNotAuthenticated Code = "not_authenticated"
	CodeTokenInvalid     Code = "token_invalid"
	CodeTokenExpired     Code = "token_expired"
	CodeRateLimited      Code = "rate_limited"
	CodeTooManyTopics    Code = "too_many_topics"
	CodeNotSubscribed    Code = "not_subscribed"
	CodeInternal         Code = "internal"
)
