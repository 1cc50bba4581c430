package skein

import (
	"log/slog"
	"strings"
	"sync"

	agentv1 "skein.dev/go/gen/skein/agent/v1"
)

// Call is what a handler knows of its call, and what it can say before it answers. It may be used by several goroutines, until the
// handler has returned.
type Call struct {
	// Namespace is the tenant.
	Namespace string
	// RunID and NodeID say who asks.
	RunID, NodeID string
	// SessionID is the conversation that the run belongs to. Empty: none.
	SessionID string
	// SkillID is the skill that is asked for. Empty: the agent decides.
	SkillID string
	// TaskID names this delivery, for logs.
	TaskID string
	// IdempotencyKey is the same for every delivery of an attempt: pass it on to whatever has side effects.
	IdempotencyKey string
	// Attempt counts from 1; one more after each failure of the node.
	Attempt int
	// Dispatch counts from 1; one more each time that the same attempt had to be delivered again.
	Dispatch int
	// Config are settings of the workflow's author.
	Config map[string]any
	// ResumeDetails is what the last heartbeat of an earlier attempt or delivery said, a JSON value: where to go on. Nil: nothing.
	ResumeDetails any
	// Answer is what the last question of this attempt was answered with. Nil: it has not asked.
	Answer *Answer
	// RunToken starts runs as children of this one, while this attempt is at work: it is that of StartOptions. A secret of this attempt.
	// Empty: from an older platform.
	RunToken string
	// Traceparent is that of the W3C, to be passed on to what you call. Empty: none.
	Traceparent string
	// Log writes to the agent's log, with the ids of the run.
	Log *slog.Logger

	attempt *attempt

	mu            sync.Mutex
	streamedBytes int
	overflowed    bool
	usage         *agentv1.Usage
}

func newCall(request *agentv1.InvokeRequest, traceparent string, it *attempt, log *slog.Logger) *Call {
	call := &Call{
		Namespace:      request.GetNamespace(),
		RunID:          request.GetRunId(),
		NodeID:         request.GetNodeId(),
		SessionID:      request.GetSessionId(),
		SkillID:        request.GetSkillId(),
		TaskID:         request.GetTaskId(),
		IdempotencyKey: request.GetIdempotencyKey(),
		Attempt:        int(request.GetAttempt()),
		Dispatch:       int(request.GetDispatch()),
		Config:         request.GetConfig().AsMap(),
		ResumeDetails:  fromValue(request.GetResumeDetails()),
		RunToken:       request.GetRunToken(),
		Traceparent:    traceparent,
		attempt:        it,
	}
	call.Log = log.With("run_id", call.RunID, "node_id", call.NodeID, "task_id", call.TaskID)
	if answer := request.GetAnswer(); answer != nil {
		value, state := fromValue(answer.GetValue()), fromValue(answer.GetState())
		call.Answer = &Answer{Value: value, State: state, Turn: int(answer.GetTurn())}
	}
	return call
}

// Delta streams text to whoever watches. A call that streams more than 4 MiB fails with PAYLOAD_TOO_LARGE, whatever its handler
// returns, and its context is cancelled.
func (c *Call) Delta(text string) {
	whole := strings.ToValidUTF8(text, "\uFFFD")
	c.mu.Lock()
	defer c.mu.Unlock() // To the end, so that what is said first comes first.
	c.streamedBytes += len(whole)
	if c.streamedBytes > maxStreamedBytes {
		c.overflowed = true
		c.attempt.cancel(errStreamedTooMuch)
		return
	}
	for _, each := range deltas(whole) {
		c.attempt.say(each)
	}
}

// State reports progress: a short machine-readable word of at most 64 characters, and a line for people of at most 1,024.
func (c *Call) State(state, detail string) {
	c.attempt.say(stateStep(state, detail))
}

// Heartbeat says that the agent is alive.
func (c *Call) Heartbeat() {
	c.attempt.say(heartbeatStep(nil))
}

// Progress is a heartbeat that says how far the work has come: any JSON value of at most 64 KiB, which the next attempt or delivery
// gets as ResumeDetails. It fails where the value is no JSON.
func (c *Call) Progress(details any) error {
	value, err := toValue(details)
	if err != nil {
		return err
	}
	c.attempt.say(heartbeatStep(value))
	return nil
}

// Usage says what the answer consumed, in tokens; counts add up.
func (c *Call) Usage(inputTokens, outputTokens int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.usage == nil {
		c.usage = &agentv1.Usage{}
	}
	c.usage.InputTokens += inputTokens
	c.usage.OutputTokens += outputTokens
}

func (c *Call) outcome() (usage *agentv1.Usage, overflowed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.usage, c.overflowed
}

var errStreamedTooMuch = &AgentError{Code: "PAYLOAD_TOO_LARGE", Message: "a call streams at most 4 MiB"}
