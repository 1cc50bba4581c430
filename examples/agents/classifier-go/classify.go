package main

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// classification is what a ticket is about, and why.
type classification struct {
	category   string
	confidence float64
	reasons    []string
}

type finding struct {
	concept  *concept
	hits     int
	evidence string
}

var token = regexp.MustCompile("[a-z0-9]+")

// classify follows classifier-model/README.md; the same ticket always gets the same answer.
func (m *model) classify(ticket map[string]string) classification {
	findings := m.findings(ticket)
	points := map[string]int{}
	for _, label := range m.Labels {
		points[label] = m.Bias[label]
	}
	for _, f := range findings {
		for label, weight := range f.concept.Weights {
			points[label] += f.hits * weight
		}
	}
	category, total := m.Labels[0], 0
	for _, label := range m.Labels {
		if points[label] > points[category] {
			category = label
		}
		total += max(points[label], 0) + m.Smoothing
	}
	return classification{
		category:   category,
		confidence: float64(1000*(max(points[category], 0)+m.Smoothing)/total) / 1000,
		reasons:    m.reasons(category, findings),
	}
}

func (m *model) findings(ticket map[string]string) []finding {
	type field struct {
		folded string
		tokens []string
		weight int
	}
	var fields []field
	for _, name := range fieldNames {
		folded := m.fold(ticket[name])
		fields = append(fields, field{folded, token.FindAllString(folded, -1), m.Fields[name]})
	}
	var findings []finding
	for _, c := range m.Concepts {
		f := finding{concept: c}
		for _, field := range fields {
			found := phraseHits(field.tokens, c.phrases)
			matches := 0
			for _, pattern := range c.patterns {
				matches += len(pattern.FindAllStringIndex(field.folded, -1))
			}
			f.hits += field.weight * (len(found) + matches)
			if f.evidence == "" && len(found) > 0 {
				f.evidence = found[0]
			}
		}
		if f.hits > 0 {
			f.hits = min(f.hits, m.HitCap)
			findings = append(findings, f)
		}
	}
	return findings
}

func (m *model) fold(text string) string {
	var folded strings.Builder
	count := 0
	for _, character := range text {
		if count++; count > m.MaxCharacters {
			break
		}
		if replacement, listed := m.foldTable[character]; listed {
			folded.WriteString(replacement)
		} else {
			folded.WriteRune(character)
		}
	}
	return folded.String()
}

func phraseHits(tokens []string, phrases [][]wordTest) []string {
	var hits []string
	for at := range tokens {
		for _, phrase := range phrases {
			if matchesAt(tokens[at:], phrase) {
				hits = append(hits, strings.Join(tokens[at:at+len(phrase)], " "))
				break
			}
		}
	}
	return hits
}

func matchesAt(tokens []string, phrase []wordTest) bool {
	if len(tokens) < len(phrase) {
		return false
	}
	for i, test := range phrase {
		if !test(tokens[i]) {
			return false
		}
	}
	return true
}

func (m *model) reasons(category string, findings []finding) []string {
	points := func(f finding) int { return f.hits * f.concept.Weights[category] }
	best := slices.DeleteFunc(slices.Clone(findings), func(f finding) bool { return points(f) <= 0 })
	slices.SortFunc(best, func(a, b finding) int {
		return cmp.Or(cmp.Compare(points(b), points(a)), cmp.Compare(a.concept.Name, b.concept.Name))
	})
	reasons := []string{}
	for _, f := range best[:min(len(best), m.MaxReasons)] {
		reason := fmt.Sprintf("%s +%d", f.concept.Name, points(f))
		if f.evidence != "" {
			reason += " (" + f.evidence + ")"
		}
		reasons = append(reasons, reason)
	}
	return reasons
}
