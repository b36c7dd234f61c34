package service

import (
	"io"
	"log/slog"
)

// NewLogger returns a log in the format text or json. Both quote control characters:
// a name cannot forge a line.
func NewLogger(w io.Writer, format string, level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
