package store

import "context"

// For tests from outside.
var (
	MigrateWith  = migrateWith
	SnapshotPath = snapshotPath
	Snapshot     = snapshot
)

const CleanAtOnce = cleanAtOnce

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
