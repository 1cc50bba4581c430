package skein

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"time"

	eventlogv1 "skein.dev/go/gen/skein/eventlog/v1"
	schedulerv1 "skein.dev/go/gen/skein/scheduler/v1"

	"google.golang.org/protobuf/types/known/durationpb"
)

const longestWait = time.Minute

// Runs are those of one namespace. Everything fails with an Error.
type Runs struct {
	namespace string
	runs      schedulerv1.RunServiceClient
	events    eventlogv1.EventServiceClient
}

// StartOptions say what to run: one of Workflow, Agent and LLM, and what it is given.
type StartOptions struct {
	// Workflow is the id of a stored workflow; Version 0 is the latest.
	Workflow string
	Version  int
	// Agent is the id of an agent, with the Skill and the Config that it is called with.
	Agent  string
	Skill  string
	Config map[string]any
	// LLM is the name of a model.
	LLM string

	// Input is any JSON value. Nil: what the platform makes of no input.
	Input any
	// RequestID: the same again, within 24 hours, is the same run. Default: a random one, so that a lost answer starts nothing twice.
	RequestID string
	// SessionID is the conversation that the run belongs to.
	SessionID string
	// Labels are pairs to find it by.
	Labels map[string]string
	// Memo is free-form, shown and never searched.
	Memo map[string]any
	// Priority is 1 (first) to 5. Default: the definition's.
	Priority int
	// RunToken is that of the Call that an agent works on: the run is a child of the call's run, and ends with its node at the latest.
	RunToken string
}

// Start starts a run; when it answers, the run is durable.
func (r *Runs) Start(ctx context.Context, options StartOptions) (*Run, error) {
	request, err := r.startRequest(options)
	if err != nil {
		return nil, err
	}
	answer, err := repeatable(ctx, func() (*schedulerv1.StartRunResponse, error) { return r.runs.StartRun(ctx, request) })
	return runAnswered(answer.GetRun(), err)
}

func (r *Runs) startRequest(options StartOptions) (*schedulerv1.StartRunRequest, error) {
	request := &schedulerv1.StartRunRequest{
		Namespace: r.namespace,
		RequestId: cmp.Or(options.RequestID, rand.Text()),
		SessionId: options.SessionID,
		Labels:    options.Labels,
		Priority:  uint32(options.Priority),
		RunToken:  options.RunToken,
	}
	config, configErr := toStruct(options.Config)
	memo, memoErr := toStruct(options.Memo)
	request.Memo = memo
	var inputErr error
	if options.Input != nil {
		request.Input, inputErr = toValue(options.Input)
	}
	targets := 0
	if options.Workflow != "" {
		targets++
		target := &schedulerv1.WorkflowTarget{WorkflowId: options.Workflow, Version: uint32(options.Version)}
		request.Target = &schedulerv1.StartRunRequest_Workflow{Workflow: target}
	}
	if options.Agent != "" {
		targets++
		target := &schedulerv1.AgentTarget{AgentId: options.Agent, SkillId: options.Skill, Config: config}
		request.Target = &schedulerv1.StartRunRequest_Agent{Agent: target}
	}
	if options.LLM != "" {
		targets++
		request.Target = &schedulerv1.StartRunRequest_Llm{Llm: &schedulerv1.LlmTarget{Model: options.LLM}}
	}
	if targets != 1 {
		return nil, fmt.Errorf("skein: a run is one of a workflow, an agent and an llm, not of %d of them", targets)
	}
	return request, errors.Join(configErr, memoErr, inputErr)
}

// Get reads a run.
func (r *Runs) Get(ctx context.Context, runID string) (*Run, error) {
	request := &schedulerv1.GetRunRequest{Namespace: r.namespace, RunId: runID}
	answer, err := repeatable(ctx, func() (*schedulerv1.GetRunResponse, error) { return r.runs.GetRun(ctx, request) })
	return runAnswered(answer.GetRun(), err)
}

// Wait waits for the end of a run, whatever it is, or of the context. A platform that is away for a moment is waited for too.
func (r *Runs) Wait(ctx context.Context, runID string) (*Run, error) {
	request := &schedulerv1.AwaitRunRequest{Namespace: r.namespace, RunId: runID, Timeout: durationpb.New(longestWait)}
	for {
		answer, err := repeatable(ctx, func() (*schedulerv1.AwaitRunResponse, error) { return r.runs.AwaitRun(ctx, request) })
		run, err := runAnswered(answer.GetRun(), err)
		if err != nil || run.Ended {
			return run, err
		}
		if ctx.Err() != nil {
			return run, errorOf(ctx.Err())
		}
	}
}

// Cancel asks a run to end; what it did is undone first, where its workflow says so.
func (r *Runs) Cancel(ctx context.Context, runID, reason string) (*Run, error) {
	request := &schedulerv1.CancelRunRequest{Namespace: r.namespace, RunId: runID, Reason: reason}
	answer, err := repeatable(ctx, func() (*schedulerv1.CancelRunResponse, error) { return r.runs.CancelRun(ctx, request) })
	return runAnswered(answer.GetRun(), err)
}

// Signal sends a signal. With a signalID the same one counts once; without, an answer that was lost is an error.
func (r *Runs) Signal(ctx context.Context, runID, name string, payload any, signalID string) (*Run, error) {
	value, err := toValue(payload)
	if err != nil {
		return nil, err
	}
	request := &schedulerv1.SignalRunRequest{
		Namespace:  r.namespace,
		Target:     &schedulerv1.SignalRunRequest_RunId{RunId: runID},
		SignalName: name,
		Payload:    value,
		SignalId:   signalID,
	}
	call := func() (*schedulerv1.SignalRunResponse, error) { return r.runs.SignalRun(ctx, request) }
	if signalID == "" {
		answer, err := once(call)
		return runAnswered(answer.GetRun(), err)
	}
	answer, err := repeatable(ctx, call)
	return runAnswered(answer.GetRun(), err)
}

// WhichQuestion says which question of a run is answered.
type WhichQuestion struct {
	// NodeID is the node whose agent asks. Default: the only one that does.
	NodeID string
	// Seq is that of its input_required event: the answer then counts for no later question. Default: what is asked when it arrives.
	Seq int64
}

// Answer answers the question of an agent. The first answer counts.
func (r *Runs) Answer(ctx context.Context, runID string, value any, which WhichQuestion) (*Run, error) {
	answered, err := toValue(value)
	if err != nil {
		return nil, err
	}
	request := &schedulerv1.ProvideInputRequest{
		Namespace:   r.namespace,
		RunId:       runID,
		NodeId:      which.NodeID,
		QuestionSeq: which.Seq,
		Value:       answered,
	}
	answer, err := once(func() (*schedulerv1.ProvideInputResponse, error) { return r.runs.ProvideInput(ctx, request) })
	return runAnswered(answer.GetRun(), err)
}

// Events follows a run to its end, without a gap: for update, err := range runs.Events(ctx, id, skein.FollowOptions{}). An error is the
// last thing that it gives.
func (r *Runs) Events(ctx context.Context, runID string, options FollowOptions) iter.Seq2[*Update, error] {
	return followRun(ctx, r.events, r.namespace, runID, options)
}

func runAnswered(message *schedulerv1.Run, err error) (*Run, error) {
	if err != nil {
		return nil, err
	}
	return runOf(message), nil
}
