package realtime

// Wake is a hint that the topics' logs have grown, or their access changed.
func (h *Hub) Wake(topics ...Topic) { go h.Recheck(topics...) }
