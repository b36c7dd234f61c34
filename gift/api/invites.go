package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/familygifting/tidings/gift"
)

// inviteBody asks for an invite.
type inviteBody struct {
	PersonID *gift.PersonID `json:"person_id,omitempty" doc:"The person it is for, if there is one"`
}

// NewInvite is an invite for who made it: the only time its token is shown.
type NewInvite struct {
	URL       string         `json:"url" example:"https://gifts.example.org/join#q3Zk…" doc:"The link to hand on"`
	Token     string         `json:"token" doc:"The secret part of the link"`
	ExpiresAt time.Time      `json:"expires_at"`
	PersonID  *gift.PersonID `json:"person_id"`
}

// inviteLink is looked at before a form is filled in for it. It comes in a body,
// since proxies log addresses.
type inviteLink struct {
	Token string `json:"token" minLength:"1" maxLength:"200" doc:"The invite's token"`
}

// OpenInvite is an invite for who was invited.
type OpenInvite struct {
	FamilyName string         `json:"family_name"`
	Person     *InvitedPerson `json:"person" doc:"The person it is for, if there is one"`
	ExpiresAt  time.Time      `json:"expires_at"`
}

// InvitedPerson is whom an invite is for.
type InvitedPerson struct {
	ID   gift.PersonID `json:"id"`
	Name string        `json:"name"`
}

// registerBody accepts an invite.
type registerBody struct {
	Invite string `json:"invite" minLength:"1" maxLength:"200" doc:"The invite's token"`
	Newcomer
}

// previewQuery names whom an invite would be for.
type previewQuery struct {
	PersonID string `query:"person_id" required:"true" pattern:"^[0-9a-z]{20}$" patternDescription:"the id of a person: 20 characters of 0-9 a-z" doc:"The person to invite"`
}

func (a *API) registerInvites() {
	const tag = "account"
	huma.Register(a.huma, created(operation(http.MethodPost, "/invites", "createInvite", tag, "Invite a member: the link works once, for seven days", http.StatusNotFound)),
		func(ctx context.Context, in *struct{ Body *inviteBody }) (*bodyOf[NewInvite], error) {
			var person *gift.PersonID
			if in.Body != nil {
				person = in.Body.PersonID
			}
			invite, err := a.auth.invite(ctx, person)
			return asBody(ctx, invite, err, inBody)
		})
	huma.Register(a.huma, operation(http.MethodGet, "/invites/preview", "previewInvite", tag, "What an invite would show to a person and hide from them, as far as you see it", http.StatusForbidden),
		func(ctx context.Context, in *previewQuery) (*bodyOf[gift.InvitePreview], error) {
			preview, err := a.svc.InvitePreview(ctx, actorOf(ctx), gift.PersonID(in.PersonID))
			return asBody(ctx, preview, err, inQuery)
		})
	huma.Register(a.huma, public(http.MethodPost, "/auth/invites/check", "checkInvite", tag, "What an invite is for", http.StatusNotFound, http.StatusGone),
		func(ctx context.Context, in *struct{ Body inviteLink }) (*bodyOf[OpenInvite], error) {
			invite, err := a.openInvite(ctx, in.Body.Token)
			return asBody(ctx, invite, err, inBody)
		})
	huma.Register(a.huma, created(public(http.MethodPost, "/auth/register", "register", tag, "Accept an invite: create an account", http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusGone)),
		func(ctx context.Context, in *struct{ Body registerBody }) (*loggedIn, error) {
			g, err := a.auth.register(ctx, in.Body)
			return a.loggedIn(ctx, g, err)
		})
}

// invite makes an invite in the name of the user.
func (a *Auth) invite(ctx context.Context, person *gift.PersonID) (NewInvite, error) {
	token := a.refresh.first()
	invite, err := a.accounts.CreateInvite(ctx, actorOf(ctx), hashToken(token), person, a.opts.Now().Add(InviteLife))
	if err != nil {
		return NewInvite{}, err
	}
	return NewInvite{
		URL:       a.linkBase(requestFrom(ctx).from) + "/join#" + token,
		Token:     token,
		ExpiresAt: invite.ExpiresAt,
		PersonID:  invite.PersonID,
	}, nil
}

// linkBase is the address that others reach the dashboard at. A Host header may
// say anything, and an invite must not lead to somebody else's server: what the
// request says counts only where it names the very machine that it came from.
func (a *Auth) linkBase(from origin) string {
	switch {
	case a.opts.Proxies.PublicURL != nil:
		return a.opts.Proxies.PublicURL.Scheme + "://" + a.opts.Proxies.PublicURL.Host
	case from.loopback && !a.opts.InsecureLAN:
		return from.base() // perhaps by way of a forwarded port
	}
	return a.opts.Base
}

// openInvite shows an invite to the holder of its token.
func (a *API) openInvite(ctx context.Context, token string) (OpenInvite, error) {
	invite, err := a.auth.accounts.FindInvite(ctx, hashToken(token), a.auth.opts.Now())
	if err != nil {
		return OpenInvite{}, err
	}
	family, err := a.svc.Family(ctx)
	if err != nil {
		return OpenInvite{}, err
	}
	open := OpenInvite{FamilyName: family.Name, ExpiresAt: invite.ExpiresAt}
	if invite.PersonID != nil {
		open.Person = &InvitedPerson{*invite.PersonID, invite.PersonName}
	}
	return open, nil
}

// register accepts an invite. The invite is looked at first: its error is
// clearer, and cheaper, than that of a hash for nothing.
func (a *Auth) register(ctx context.Context, in registerBody) (grant, error) {
	if err := a.allowPassword(requestFrom(ctx).from); err != nil {
		return grant{}, err
	}
	hash, now := hashToken(in.Invite), a.opts.Now()
	if _, err := a.accounts.FindInvite(ctx, hash, now); err != nil {
		return grant{}, err
	}
	account, err := in.account(ctx, a)
	if err != nil {
		return grant{}, err
	}
	user, err := a.accounts.AcceptInvite(ctx, hash, account, now)
	if err != nil {
		return grant{}, err
	}
	return a.open(ctx, user.ID)
}
