package sqlitewriter

// Waiting is how many writes wait.
func Waiting(w *Writer) int { return len(w.jobs) }
