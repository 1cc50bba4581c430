package skein

import (
	"fmt"
	"strings"
	"time"

	schedulerv1 "skein.dev/go/gen/skein/scheduler/v1"

	"google.golang.org/grpc/codes"
)

// Run is a run, as it was when the platform answered.
type Run struct {
	// ID is its identity.
	ID string
	// WorkflowID and WorkflowVersion say what of. Version 0: a run of one agent or one model, without a stored workflow.
	WorkflowID      string
	WorkflowVersion int
	// State is such as RUNNING.
	State string
	// Ended says that it will not change any more.
	Ended bool
	// Input is a JSON value.
	Input any
	// Output is a JSON value; nil where it did not end in state DONE.
	Output any
	// Err says why it did not end well. Nil: it has not ended, or ended in state DONE.
	Err *Error
	// SessionID is the conversation that it belongs to. Empty: none.
	SessionID string
	// CreatedAt is when it was started.
	CreatedAt time.Time
	// LastSeq is the number of its last event.
	LastSeq int64
	// Message is all that the contract says.
	Message *schedulerv1.Run
}

// DecodeOutput puts the output of a run that ended well into a variable, as encoding/json does. It fails with why it did not.
func (r *Run) DecodeOutput(target any) error {
	if r.Err != nil {
		return r.Err
	}
	return decodeInto(r.Output, target)
}

func runOf(message *schedulerv1.Run) *Run {
	state := stateOf(message.GetState())
	run := &Run{
		ID:              message.GetRunId(),
		WorkflowID:      message.GetWorkflowId(),
		WorkflowVersion: int(message.GetWorkflowVersion()),
		State:           state,
		Ended:           isEnd(state),
		Input:           fromValue(message.GetInput()),
		Output:          fromValue(message.GetOutput()),
		SessionID:       message.GetSessionId(),
		CreatedAt:       message.GetCreatedAt().AsTime(),
		LastSeq:         message.GetLastSeq(),
		Message:         message,
	}
	run.Err = run.failure()
	return run
}

// stateOf is the name of a state. One of a newer platform, whose name is not known here, counts as RUNNING: it is not an end that is
// known.
func stateOf(state schedulerv1.RunState) string {
	name, known := schedulerv1.RunState_name[int32(state)]
	if !known {
		return "RUNNING"
	}
	return strings.TrimPrefix(name, "RUN_STATE_")
}

func isEnd(state string) bool {
	switch state {
	case "DONE", "FAILED", "CANCELLED", "TERMINATED":
		return true
	}
	return false
}

func (r *Run) failure() *Error {
	if !r.Ended || r.State == "DONE" {
		return nil
	}
	if failure := r.Message.GetFailure(); failure != nil {
		return errorOfFailure(failure)
	}
	place := "runs." + r.ID
	if node := r.Message.GetFailedNodeId(); node != "" {
		place = "nodes." + node
	}
	message := fmt.Sprintf("run %s ended in state %s", r.ID, r.State)
	return &Error{Code: codes.Unknown, Reason: Reason(r.State), Message: message, Place: place}
}
