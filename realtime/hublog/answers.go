package hublog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/familygifting/tidings/internal/sqlitefile"
)

// answerTable keeps answers beside the log: as many bytes of them as the limit, and the
// one that exceeds it.
type answerTable struct{ limit int }

// rowOverhead is what an answer in a file costs beside its texts, about.
const rowOverhead = 64

// total is how many bytes all answers take up to that one, so that the oldest, which
// have to go, are those up to a total.
const createAnswers = `CREATE TABLE IF NOT EXISTS tidings_answers (total INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,
	request BLOB NOT NULL, answer BLOB NOT NULL, at BIGINT NOT NULL)`

// migrateAnswers makes the table, also of one that an earlier version made: it kept
// answers as they were given.
func migrateAnswers(ctx context.Context, tx sqlitefile.Tx) error {
	var old bool
	const find = `SELECT COUNT(*) FROM pragma_table_info('tidings_answers') WHERE name = 'body'`
	if err := tx.QueryRowContext(ctx, find).Scan(&old); err != nil {
		return fmt.Errorf("looking for the answers: %w", err)
	}
	statements := []string{createAnswers}
	if old {
		statements = []string{
			`ALTER TABLE tidings_answers RENAME TO tidings_answers_1`,
			createAnswers,
			fmt.Sprintf(`INSERT INTO tidings_answers (total, key, request, answer, at)
				SELECT SUM(%d + LENGTH(key) + LENGTH(request) / 2 + LENGTH(body)) OVER (ORDER BY at, key),
					key, unhex(request), body, at FROM tidings_answers_1`, rowOverhead),
			`DROP TABLE tidings_answers_1`,
		}
	}
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("preparing the answers: %w", err)
		}
	}
	return nil
}

// find returns the answer that was given before, if any.
func (t answerTable) find(ctx context.Context, tx sqlitefile.Tx, key string) (a answer, seen bool, err error) {
	err = tx.QueryRowContext(ctx, `SELECT request, answer FROM tidings_answers WHERE key = $1`, key).Scan(&a.request, &a.record)
	if errors.Is(err, sql.ErrNoRows) {
		return answer{}, false, nil
	}
	return a, err == nil, err
}

// add keeps an answer, for which the oldest make room. The totals are those of the table,
// not of memory: an answer that is undone must leave no trace in them.
func (t answerTable) add(ctx context.Context, tx sqlitefile.Tx, key string, a answer) error {
	const insert = `INSERT INTO tidings_answers (total, key, request, answer, at)
		SELECT COALESCE(MAX(total), 0) + $1, $2, $3, $4, $5 FROM tidings_answers`
	_, err := tx.ExecContext(ctx, insert, a.cost(key, rowOverhead), key, []byte(a.request), a.record, time.Now().UnixMicro())
	if err != nil {
		return fmt.Errorf("keeping the answer: %w", err)
	}
	const drop = `DELETE FROM tidings_answers WHERE total <= (SELECT MAX(total) FROM tidings_answers) - $1`
	if _, err := tx.ExecContext(ctx, drop, t.limit); err != nil {
		return fmt.Errorf("dropping the oldest answers: %w", err)
	}
	return nil
}

// maxTrimAnswers is how many answers one transaction forgets at most.
const maxTrimAnswers = 2000

// trim forgets answers that are too old, and reports whether there may be more.
func (t answerTable) trim(ctx context.Context, tx sqlitefile.Tx) (more bool, err error) {
	const drop = `DELETE FROM tidings_answers WHERE total <=
		(SELECT MAX(total) FROM (SELECT total, at FROM tidings_answers ORDER BY total LIMIT $1) WHERE at < $2)`
	result, err := tx.ExecContext(ctx, drop, maxTrimAnswers, time.Now().Add(-KeepAnswers).UnixMicro())
	if err != nil {
		return false, fmt.Errorf("forgetting answers: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
