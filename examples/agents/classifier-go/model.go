package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
)

// model is the model file, compiled.
type model struct {
	Name          string            `json:"name"`
	Version       string            `json:"version"`
	Labels        []string          `json:"labels"`
	Bias          map[string]int    `json:"bias"`
	Smoothing     int               `json:"smoothing"`
	HitCap        int               `json:"hit_cap"`
	MaxCharacters int               `json:"max_characters"`
	MaxReasons    int               `json:"max_reasons"`
	Fields        map[string]int    `json:"fields"`
	Fold          map[string]string `json:"fold"`
	Concepts      []*concept        `json:"concepts"`

	foldTable map[rune]string
}

// concept is something a ticket may speak of.
type concept struct {
	Name     string         `json:"concept"`
	Weights  map[string]int `json:"weights"`
	Phrases  string         `json:"phrases"`
	Patterns []string       `json:"patterns"`

	phrases  [][]wordTest
	patterns []*regexp.Regexp
}

type wordTest func(token string) bool

func loadModel(path string) (*model, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m := &model{foldTable: map[rune]string{}}
	if err := json.Unmarshal(data, m); err != nil {
		return nil, err
	}
	for replacement, characters := range m.Fold {
		for _, character := range characters {
			m.foldTable[character] = replacement
		}
	}
	for letter := 'A'; letter <= 'Z'; letter++ {
		m.foldTable[letter] = strings.ToLower(string(letter))
	}
	for _, c := range m.Concepts {
		if err := c.compile(); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (c *concept) compile() error {
	if c.Phrases != "" {
		for phrase := range strings.SplitSeq(c.Phrases, " | ") {
			var tests []wordTest
			for word := range strings.SplitSeq(phrase, " ") {
				tests = append(tests, newWordTest(word))
			}
			c.phrases = append(c.phrases, tests)
		}
	}
	for _, pattern := range c.Patterns {
		compiled, err := regexp.Compile(pattern)
		if err != nil {
			return err
		}
		c.patterns = append(c.patterns, compiled)
	}
	return nil
}

func newWordTest(word string) wordTest {
	core := strings.TrimSuffix(strings.TrimPrefix(word, "*"), "*")
	start, end := strings.HasPrefix(word, "*"), strings.HasSuffix(word, "*")
	switch {
	case start && end:
		return func(token string) bool { return strings.Contains(token, core) }
	case start:
		return func(token string) bool { return strings.HasSuffix(token, core) }
	case end:
		return func(token string) bool { return strings.HasPrefix(token, core) }
	default:
		return func(token string) bool { return token == core }
	}
}
