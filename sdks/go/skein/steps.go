package skein

import (
	"errors"
	"fmt"
	"unicode/utf8"

	agentv1 "skein.dev/go/gen/skein/agent/v1"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"
)

// The messages that an invocation is answered with, within the bounds of the contract.
const (
	maxDeltaBytes        = 256 * 1024
	maxStreamedBytes     = 4 * 1024 * 1024
	maxStateCharacters   = 64
	maxDetailCharacters  = 1024
	maxMessageCharacters = 4096
)

type step = *agentv1.InvokeResponse

// isEnding says whether nothing may follow it.
func isEnding(it step) bool {
	switch it.GetEvent().(type) {
	case *agentv1.InvokeResponse_Result, *agentv1.InvokeResponse_Error, *agentv1.InvokeResponse_Question:
		return true
	}
	return false
}

// deltas are a text as the contract allows it: cut between characters. The text is valid UTF-8.
func deltas(text string) []step {
	var steps []step
	for len(text) > 0 {
		end := min(len(text), maxDeltaBytes)
		for end < len(text) && !utf8.RuneStart(text[end]) {
			end--
		}
		steps = append(steps, &agentv1.InvokeResponse{
			Event: &agentv1.InvokeResponse_Delta{Delta: &agentv1.Delta{Text: text[:end]}},
		})
		text = text[end:]
	}
	return steps
}

func stateStep(state, detail string) step {
	change := &agentv1.StateChange{
		State:  wellFormed(state, maxStateCharacters),
		Detail: wellFormed(detail, maxDetailCharacters),
	}
	return &agentv1.InvokeResponse{Event: &agentv1.InvokeResponse_State{State: change}}
}

// heartbeatStep without details says nothing new: what was said before holds.
func heartbeatStep(details *structpb.Value) step {
	beat := &agentv1.Heartbeat{ResumeDetails: details}
	return &agentv1.InvokeResponse{Event: &agentv1.InvokeResponse_Heartbeat{Heartbeat: beat}}
}

func resultStep(output *structpb.Value, usage *agentv1.Usage) step {
	result := &agentv1.Result{Output: output, Usage: usage}
	return &agentv1.InvokeResponse{Event: &agentv1.InvokeResponse_Result{Result: result}}
}

// endingStep is what a handler returned as its error: a question, or a failure.
func endingStep(err error) step {
	var question *Question
	if errors.As(err, &question) {
		if asked, err := questionStep(question); err == nil {
			return asked
		}
		return failureStep(&AgentError{Code: "UNKNOWN", Message: "the question holds what is no JSON", Retryable: true})
	}
	var known *AgentError
	if !errors.As(err, &known) {
		known = &AgentError{Code: "UNKNOWN", Message: err.Error(), Retryable: true}
	}
	return failureStep(known)
}

func questionStep(question *Question) (step, error) {
	asked := &agentv1.Question{
		Kind:    agentv1.QuestionKind_QUESTION_KIND_INPUT,
		Message: wellFormed(question.Message, maxMessageCharacters),
	}
	if question.Kind == AskAuth {
		asked.Kind = agentv1.QuestionKind_QUESTION_KIND_AUTH
	}
	var err error
	if asked.Schema, err = toStruct(question.Schema); err != nil {
		return nil, err
	}
	if question.State != nil {
		if asked.State, err = toValue(question.State); err != nil {
			return nil, err
		}
	}
	return &agentv1.InvokeResponse{Event: &agentv1.InvokeResponse_Question{Question: asked}}, nil
}

func failureStep(known *AgentError) step {
	code, message := known.Code, known.text()
	if !errorCode.MatchString(code) {
		code, message = "UNKNOWN", fmt.Sprintf("%s (under %q, which is no code)", message, known.Code)
	}
	failure := &agentv1.InvokeError{
		Code:      code,
		Message:   wellFormed(message, maxMessageCharacters),
		Retryable: known.Retryable,
	}
	if known.RetryAfter > 0 {
		failure.RetryAfter = durationpb.New(known.RetryAfter)
	}
	// Details that are no JSON are left out: the failure itself counts.
	failure.Details, _ = toStruct(known.Details)
	return &agentv1.InvokeResponse{Event: &agentv1.InvokeResponse_Error{Error: failure}}
}
