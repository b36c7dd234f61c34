package main

import "strings"

// patternMark stands for the first label of a host in a pattern of origins.
const patternMark = "://*."

// isPattern reports whether the text is a pattern such as https://*.example.com, which
// stands for all origins with one label in place of the star.
func isPattern(text string) bool {
	scheme, domain, found := strings.Cut(text, patternMark)
	host, _, _ := strings.Cut(domain, ":")
	return found && strings.Contains(host, ".") && isOrigin(scheme+"://"+domain) // *.com would be anybody's
}

// matchesPattern reports whether one of the patterns stands for the origin.
func matchesPattern(allowed []string, origin string) bool {
	scheme, host, found := strings.Cut(origin, "://")
	label, domain, dotted := strings.Cut(host, ".")
	if !found || !dotted || label == "" || strings.ContainsAny(label, "*@:/[") {
		return false
	}
	for _, pattern := range allowed {
		if isPattern(pattern) && pattern == scheme+patternMark+domain {
			return true
		}
	}
	return false
}
