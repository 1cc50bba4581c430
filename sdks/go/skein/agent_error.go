package skein

import (
	"fmt"
	"regexp"
	"time"
)

var errorCode = regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,63}$`)

// AgentError is a failure that an agent foresees: a handler returns it, wrapped or not. Any other error is retryable, under the
// code UNKNOWN.
type AgentError struct {
	// Code is stable, UPPER_SNAKE_CASE, at most 64 characters; a node's retry.non_retryable is matched against it. A code that is
	// none is sent as UNKNOWN, with the code in the message.
	Code string
	// Message says for people what went wrong and what would help, in at most 4,096 characters. Default: the code.
	Message string
	// Retryable says whether the same call may succeed later. Default: no, which ends the node's retries.
	Retryable bool
	// RetryAfter is the least time to wait before the next attempt. Default: the node's own backoff.
	RetryAfter time.Duration
	// Details are free-form facts for whoever debugs: a JSON object of at most 64 KiB. Default: none.
	Details map[string]any
}

// Error is the code and the message.
func (e *AgentError) Error() string {
	return fmt.Sprintf("%s: %s", e.Code, e.text())
}

func (e *AgentError) text() string {
	if e.Message == "" {
		return e.Code
	}
	return e.Message
}

// QuestionKind says what a question asks for.
type QuestionKind int

const (
	// AskInput asks for something to go on with.
	AskInput QuestionKind = iota
	// AskAuth asks for credentials or permission. The answer is kept in the run's history: secrets do not belong there.
	AskAuth
)

// Question is what an agent needs from a person before it goes on. A handler returns it as its error; when it is answered, the
// handler is called again, with the answer in its Call.
type Question struct {
	// Message is for people, at most 4,096 characters.
	Message string
	// Schema is the JSON Schema of the answer. Default: any JSON value.
	Schema map[string]any
	// State is what the agent is told again with the answer: any JSON value of at most 64 KiB. Default: nothing.
	State any
	// Kind is what is asked for. Default: AskInput.
	Kind QuestionKind
}

// Error is the message.
func (q *Question) Error() string {
	return q.Message
}

// Answer is what the last question of an attempt was answered with.
type Answer struct {
	// Value is any JSON value.
	Value any
	// State is that of the question. Nil: it had none.
	State any
	// Turn counts the answers of this attempt so far, from 1.
	Turn int
}
