package api

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

// deviceCookie is the name of the cookie that marks a browser as one that an account
// has logged in from. It outlives the login. It lets nobody in: who shows it has the
// right to be asked for a password before strangers are, and failures elsewhere do
// not delay them.
const deviceCookie = "giftboard_device"

// DeviceLife is how long a browser keeps its mark after a log-in or refresh.
const DeviceLife = 365 * 24 * time.Hour

// deviceMarks makes and checks marks. Nothing of them is stored.
type deviceMarks struct{ key []byte }

// make marks a device for an account.
func (d deviceMarks) make(email string) string {
	name := rand.Text()
	return name + "." + d.seal(name, email)
}

// check returns the name of the device, if its mark is good for the account.
func (d deviceMarks) check(mark, email string) (name string, ok bool) {
	name, seal, ok := strings.Cut(mark, ".")
	return name, ok && hmac.Equal([]byte(seal), []byte(d.seal(name, email)))
}

func (d deviceMarks) seal(name, email string) string {
	mac := hmac.New(sha256.New, d.key)
	_, _ = mac.Write([]byte(name + " " + foldEmail(email))) // a hash never fails
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// markOf returns the mark that a request carries.
func markOf(r *http.Request) string {
	c, err := r.Cookie(deviceCookie)
	if err != nil {
		return ""
	}
	return c.Value
}
