package realtime

// bug names a mistake that TestPlantedBugsAreCaught makes on purpose.
type bug string

// The mistakes, each one that a realtime server somewhere has made.
const (
	bugSeam         bug = "seam"          // go live after a replay without looking whether something came meanwhile
	bugRepeat       bug = "repeat"        // forget that the replay went beyond the stream
	bugNoOrder      bug = "no-order"      // send what is delivered, whatever its position
	bugDouble       bug = "double"        // send what is delivered twice, twice
	bugLostWakeUp   bug = "lost-wake-up"  // rely on Deliver alone
	bugStaleEpoch   bug = "stale-epoch"   // resume by the number, whatever the epoch
	bugSilentTrim   bug = "silent-trim"   // go on behind trimmed history without a word
	bugStaleAccess  bug = "stale-access"  // go live by a decision that was withdrawn meanwhile
	bugReplayAccess bug = "replay-access" // ask again about what is live, and not about replays
	bugQueued       bug = "queued"        // send what was queued before access was taken away
	bugEndedLogin   bug = "ended-login"   // go on when a login has ended while its token was looked up
	bugStaleGrant   bug = "stale-grant"   // ask nothing again when a fresher token allows less
	bugCompany      bug = "company"       // send who is there when that was taken away while it was queued
	bugGhost        bug = "ghost"         // tell a newcomer who is there, and then what changed since the others were told
)
