package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"os"

	"github.com/pressly/goose/v3"

	"github.com/familygifting/tidings/internal/sqlitefile"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrationTable keeps which migrations ran.
const migrationTable = "gift_migrations"

// migrate brings the file to the schema of this program.
func migrate(ctx context.Context, db *sql.DB, path string) error {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	return migrateWith(ctx, db, path, files)
}

func migrateWith(ctx context.Context, db *sql.DB, path string, files fs.FS) error {
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files,
		goose.WithTableName(migrationTable), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	current, target, err := provider.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("reading the schema's version: %w", err)
	case current > target:
		return fmt.Errorf("the database has schema %d, and this program knows %d at most: use a newer program, or a backup from before", current, target)
	case current == target:
		return nil
	case current > 0:
		if err := snapshot(ctx, db, snapshotPath(path, current)); err != nil {
			return err
		}
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrating from schema %d to %d: %w", current, target, err)
	}
	return nil
}

// snapshotPath is where the copy of a file goes before it is migrated.
func snapshotPath(path string, version int64) string {
	return fmt.Sprintf("%s.schema-%d", path, version)
}

// snapshot copies the database. An earlier copy of the same schema is from a
// migration that failed half-way, and older than the file: it is replaced.
func snapshot(ctx context.Context, db *sql.DB, to string) error {
	if err := os.Remove(to); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("replacing the copy before the migration: %w", err)
	}
	if err := sqlitefile.Create(to); err != nil {
		return fmt.Errorf("copying the database before the migration: %w", err)
	}
	if _, err := db.ExecContext(ctx, `VACUUM INTO $1`, to); err != nil {
		return fmt.Errorf("copying the database before the migration: %w", err)
	}
	return nil
}
