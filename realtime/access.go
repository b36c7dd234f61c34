package realtime

import (
	"fmt"
	"time"
)

// Limits of a change of access.
const (
	// MaxAccessUsers is the most users that one change of access may name.
	MaxAccessUsers = 1000
	// MaxUserID is the most bytes that a user's id may have there.
	MaxUserID = 256
)

// CheckAccess reports what is wrong with a change of access to the topic that
// names the users. A [Log] calls it before it writes anything.
func CheckAccess(topic Topic, users []string) error {
	if _, err := ParseTopic(string(topic)); err != nil {
		return err
	}
	if len(users) > MaxAccessUsers {
		return fmt.Errorf("users: more than %[2]d (%[1]d): split the change, or name everybody", len(users), MaxAccessUsers)
	}
	seen := make(map[string]int, len(users))
	for i, user := range users {
		first, twice := seen[user]
		switch {
		case user == "":
			return fmt.Errorf("users[%d]: empty: give the user's id", i)
		case len(user) > MaxUserID:
			return fmt.Errorf("users[%d]: %d bytes long: an id may have %d", i, len(user), MaxUserID)
		case twice:
			return fmt.Errorf("users[%d]: duplicate of users[%d]: name each user once", i, first)
		}
		seen[user] = i
	}
	return nil
}

// CheckOpening is [CheckAccess] for an opening to users. There must be at least one: none
// does not mean everybody.
func CheckOpening(topic Topic, users []string) error {
	if len(users) == 0 {
		return fmt.Errorf("users: empty: name whom %s is opened to", topic)
	}
	return CheckAccess(topic, users)
}

// CheckTopics returns an error for a malformed or duplicate topic.
func CheckTopics(topics []Topic) error {
	seen := make(map[Topic]int, len(topics))
	for i, topic := range topics {
		if _, err := ParseTopic(string(topic)); err != nil {
			return fmt.Errorf("topics[%d]: %w", i, err)
		}
		if first, twice := seen[topic]; twice {
			return fmt.Errorf("topics[%d]: duplicate of topics[%d]: name each topic once", i, first)
		}
		seen[topic] = i
	}
	return nil
}

// DatedChange is a change of access, and when it was made.
type DatedChange struct {
	AccessChange
	At time.Time
}

// RightOf returns the user's right by the changes of access to a topic. They are in the order
// of their generations, and within one in the order of their users, everybody first.
func RightOf(user string, changes []DatedChange) (right Right) {
	for i, c := range changes {
		if c.User != user && (c.User != "" || named(user, changes[i:])) {
			continue
		}
		right.From, right.Closed = c.From, !c.Opened
		if right.Closed {
			right.Withdrawn = c.At
		}
	}
	return right
}

// named reports whether a change of the first one's generation names the user.
func named(user string, changes []DatedChange) bool {
	for _, c := range changes {
		if c.Generation != changes[0].Generation {
			return false
		}
		if c.User == user {
			return true
		}
	}
	return false
}
