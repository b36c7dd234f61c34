package sqllog

import (
	"context"
	"fmt"
	"slices"

	"github.com/familygifting/tidings/realtime"
)

// Break moves the topics on by one position inside tx, as though an event had been
// appended and trimmed: clients that come back from before read afresh.
func Break(ctx context.Context, tx Tx, topics ...realtime.Topic) error {
	if err := realtime.CheckTopics(topics); err != nil {
		return fmt.Errorf("breaking histories: %w", err)
	}
	const move = `INSERT INTO tidings_topics (topic, seq, floor, generation)
		SELECT $1, CAST(value AS BIGINT) + 1, CAST(value AS BIGINT) + 1, 0 FROM tidings_meta WHERE key = 'forgotten'
		ON CONFLICT (topic) DO UPDATE SET seq = tidings_topics.seq + 1, floor = tidings_topics.seq + 1`
	for _, topic := range slices.Sorted(slices.Values(topics)) { // the order in which Append locks them
		if _, err := tx.ExecContext(ctx, move, string(topic)); err != nil {
			return fmt.Errorf("breaking the history of %s: %w", topic, err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM tidings_events WHERE topic = $1`, string(topic)); err != nil {
			return fmt.Errorf("breaking the history of %s: %w", topic, err)
		}
		if err := noteChange(ctx, tx, topic); err != nil {
			return fmt.Errorf("breaking the history of %s: %w", topic, err)
		}
	}
	return nil
}
