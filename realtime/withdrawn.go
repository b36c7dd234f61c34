package realtime

import "slices"

// withdrawnUsers are the users from whom changes of access withdrew a topic.
type withdrawnUsers struct {
	users map[string]bool
	// everybody is how many generations withdrew the topic from everybody, and excepted
	// how many of these made an exception of a user.
	everybody int
	excepted  map[string]int
}

// withdrawnBetween evaluates the changes of the generations after one up to another. A
// generation without changes was trimmed, so it may have named anybody.
func withdrawnBetween(changes []AccessChange, after, upTo Generation) withdrawnUsers {
	l := withdrawnUsers{users: make(map[string]bool), excepted: make(map[string]int)}
	known := 0
	for len(changes) > 0 {
		generation, n := changes[0].Generation, 1
		for n < len(changes) && changes[n].Generation == generation {
			n++
		}
		if generation > after && generation <= upTo {
			l.add(changes[:n])
			known++
		}
		changes = changes[n:]
	}
	l.everybody += int(upTo-after) - known
	return l
}

// add adds the changes of one generation.
func (l *withdrawnUsers) add(changes []AccessChange) {
	everybody := slices.ContainsFunc(changes, func(c AccessChange) bool { return c.User == "" && !c.Opened })
	if everybody {
		l.everybody++
	}
	for _, c := range changes {
		switch {
		case c.User == "":
		case !c.Opened:
			l.users[c.User] = true
		case everybody:
			l.excepted[c.User]++
		}
	}
}

func (l *withdrawnUsers) includes(user string) bool {
	return l.users[user] || l.excepted[user] < l.everybody
}
