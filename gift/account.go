package gift

import (
	"context"
	"time"
)

// User is an account. Its password hash never leaves storage and gift/api.
type User struct {
	ID       UserID    `json:"id" readOnly:"true"`
	Name     string    `json:"name" minLength:"1" maxLength:"200"`
	Email    string    `json:"email" doc:"Empty unless it is the reader's own, or the reader is an admin"`
	Admin    bool      `json:"admin"`
	PersonID *PersonID `json:"person_id"`
	// Color is the avatar colour of the user's person.
	Color     string    `json:"color" readOnly:"true"`
	CreatedAt time.Time `json:"created_at" readOnly:"true"`
}

// Family is what all members share.
type Family struct {
	Name     string `json:"name" minLength:"1" maxLength:"200"`
	Currency string `json:"currency" pattern:"^[A-Z]{3}$" patternDescription:"an ISO 4217 code of three capital letters, such as EUR" example:"EUR"`
}

// NewAccount is what an account starts from. PasswordHash is an Argon2id PHC string.
type NewAccount struct {
	Name         string
	Email        string
	PasswordHash string
}

// Credentials is what a login is checked against.
type Credentials struct {
	User         UserID
	PasswordHash string
}

// Invite lets one further member join.
type Invite struct {
	ID        string    `json:"id" readOnly:"true"`
	PersonID  *PersonID `json:"person_id" doc:"The person it is for, if there is one"`
	ExpiresAt time.Time `json:"expires_at" readOnly:"true"`
	// PersonName is the name of whom it is for, "" if they are not known yet.
	// Only FindInvite sets it, since who was invited cannot look it up.
	PersonName string `json:"person_name" readOnly:"true"`
}

// Login is one log-in on one device: the family of refresh tokens that
// descends from it.
type Login struct {
	ID        LoginID
	User      UserID
	CreatedAt time.Time
	ExpiresAt time.Time
	// EndedAt is set when the login was ended.
	EndedAt *time.Time
}

// RefreshToken is a stored refresh token: its hash, never itself.
type RefreshToken struct {
	Hash      string
	Login     LoginID
	ExpiresAt time.Time
	// UsedAt is set when it was exchanged for its successor.
	UsedAt *time.Time
}

// AccountService keeps accounts, invites and logins. gift/api owns the rules
// for passwords and tokens; this is what they stand on. Emails are compared
// lower-cased and trimmed.
type AccountService interface {
	// Family returns the family, or ENOTFOUND before setup.
	Family(ctx context.Context) (Family, error)
	// Setup creates family, first account (an admin) and its person; EUSED once
	// any account exists.
	Setup(ctx context.Context, family Family, in NewAccount) (User, error)
	// Credentials finds an account by email, or ENOTFOUND.
	Credentials(ctx context.Context, email string) (Credentials, error)
	// Users returns all members by name. Emails are empty unless actor's own or actor is an admin.
	Users(ctx context.Context, actor UserID) ([]User, error)
	User(ctx context.Context, id UserID) (User, error)

	// CreateInvite stores an invite under the hash of its token; person may be nil.
	// EFORBIDDEN unless actor is an admin, EINVALID if that person has an account already.
	CreateInvite(ctx context.Context, actor UserID, tokenHash string, person *PersonID, expires time.Time) (Invite, error)
	// InvitePreview says what an invite for a person would show and hide; the
	// same errors as CreateInvite. What the actor does not see is not in it.
	InvitePreview(ctx context.Context, actor UserID, person PersonID) (InvitePreview, error)
	// FindInvite returns an open invite; ENOTFOUND, EEXPIRED or EUSED otherwise.
	FindInvite(ctx context.Context, tokenHash string, now time.Time) (Invite, error)
	// AcceptInvite uses up the invite and creates the account, linked to the
	// invite's person or to a new one; EEXISTS if the email is taken.
	AcceptInvite(ctx context.Context, tokenHash string, in NewAccount, now time.Time) (User, error)

	// CreateLogin starts a login with its first refresh token.
	CreateLogin(ctx context.Context, s Login, first RefreshToken) error
	// Login returns a login, or ENOTFOUND.
	Login(ctx context.Context, id LoginID) (Login, error)
	// FindRefreshToken returns a token by its hash with its login, or ENOTFOUND.
	FindRefreshToken(ctx context.Context, hash string) (RefreshToken, Login, error)
	// RotateRefreshToken marks a token used at now and stores its successor; a
	// token that was used before keeps its UsedAt, and the call changes nothing.
	RotateRefreshToken(ctx context.Context, hash string, successor RefreshToken, now time.Time) error
	// LatestExpiry returns the latest time at which any refresh token ends: a trace of
	// the latest time that was ever seen. Zero without one.
	LatestExpiry(ctx context.Context) (time.Time, error)
	// EndLogin ends a login; ending an ended one is no error.
	EndLogin(ctx context.Context, id LoginID, now time.Time) error
	// EndedLogins returns the logins that were ended at since or later, by
	// whatever process.
	EndedLogins(ctx context.Context, since time.Time) ([]LoginID, error)
}
