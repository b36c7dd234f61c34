package store

// For tests from outside.
var (
	MigrateWith  = migrateWith
	SnapshotPath = snapshotPath
	OpenFile     = openFile
	Snapshot     = snapshot
)

const CleanAtOnce = cleanAtOnce

// Waiting is how many mutations wait for the writer.
func Waiting(s *Store) int { return len(s.writer.jobs) }
