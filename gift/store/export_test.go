package store

import "context"

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

// RestoreSteps is how many steps a restore has.
var RestoreSteps = len(restoreSteps(context.Background(), "", "", "")) // none of them runs

// RestoreUntil does the first steps of a restore, as one does that is killed.
func RestoreUntil(ctx context.Context, steps int, backup, path, aside string) error {
	for _, step := range restoreSteps(ctx, backup, path, aside)[:steps] {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
