package skein

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	agentv1 "skein.dev/go/gen/skein/agent/v1"
)

// perform does one piece of work, from its request to its last message.
//
// P1. It says exactly one result, error or question, last, unless it is aborted: then it says nothing more.
// P2. A skill that is not the agent's and an input that does not fit never reach the handler.
func perform(agent *Agent, request *agentv1.InvokeRequest, traceparent string, it *attempt, log *slog.Logger) {
	call := newCall(request, traceparent, it, log)
	last, err := answer(it.ctx, agent, request, call)
	usage, overflowed := call.outcome()
	switch {
	case overflowed:
		last = endingStep(errStreamedTooMuch)
	case err != nil:
		if !it.isOver() && !isForeseen(err) {
			call.Log.Error("the handler failed", "error", err)
		}
		last = endingStep(err)
	default:
		last.GetResult().Usage = usage
	}
	it.say(last)
	it.cancel(nil)
}

func isForeseen(err error) bool {
	var known *AgentError
	var question *Question
	return errors.As(err, &known) || errors.As(err, &question)
}

func answer(ctx context.Context, agent *Agent, request *agentv1.InvokeRequest, call *Call) (step, error) {
	handler, ok := agent.handlerFor(request.GetSkillId())
	if !ok {
		return nil, unknownSkill(agent, request.GetSkillId())
	}
	input := fromValue(request.GetInput())
	if err := fit(handler.input, input, "INVALID_INPUT", "the input does not fit"); err != nil {
		return nil, err
	}
	output, err := safely(func() (any, error) { return handler.call(ctx, call, input) })
	if err != nil {
		return nil, err
	}
	plain, err := plainJSON(output)
	if err != nil {
		return nil, &AgentError{Code: "OUTPUT_SCHEMA_VIOLATION", Message: "the agent answered what is no JSON: " + err.Error()}
	}
	if err := fit(handler.output, plain, "OUTPUT_SCHEMA_VIOLATION", "the agent answered what its own type refuses"); err != nil {
		return nil, err
	}
	value, err := toValue(plain)
	return resultStep(value, nil), err
}

// safely calls, and makes an error of a panic: one call must not end the others.
func safely(call func() (any, error)) (output any, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("panic: %v", panicked)
		}
	}()
	return call()
}

func fit(shape shape, value any, code, what string) error {
	var problems []string
	shape.check(value, "", &problems)
	if len(problems) == 0 {
		return nil
	}
	named := make([]any, len(problems))
	for at, problem := range problems {
		if !strings.HasPrefix(problem, "/") {
			problem = "the value" + problem
		}
		problems[at], named[at] = problem, problem
	}
	message := what + ": " + strings.Join(problems, "; ")
	return &AgentError{Code: code, Message: message, Details: map[string]any{"problems": named}}
}

func unknownSkill(agent *Agent, skillID string) error {
	known := make([]string, 0, len(agent.skills))
	for _, each := range agent.shown() {
		known = append(known, each.info.ID)
	}
	names := strings.Join(known, ", ")
	if names == "" {
		names = "none by name"
	}
	message := fmt.Sprintf("%s has no skill %s; it has %s", agent.info.ID, skillID, names)
	return &AgentError{Code: "UNKNOWN_SKILL", Message: message}
}
