package skein

import (
	"context"
	"fmt"
	"reflect"
	"regexp"

	agentv1 "skein.dev/go/gen/skein/agent/v1"
)

var (
	idPattern      = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,128}$`)
	versionPattern = regexp.MustCompile(`^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$`)
)

// Handler does one piece of work. What it returns is the output, or the failure: an AgentError as it says, a Question that a person
// answers, any other error as UNKNOWN, retryable. Its context is cancelled when nobody waits for the answer any more, with the reason
// as its cause.
//
// In and Out are what the agent takes and answers, as encoding/json reads and writes them: an input that does not fit is
// INVALID_INPUT and never reaches the handler. With any it takes any JSON value.
type Handler[In, Out any] func(ctx context.Context, call *Call, input In) (Out, error)

// Info says who an agent is.
type Info struct {
	// ID is its stable identity, [A-Za-z0-9_.-]{1,128}.
	ID string
	// Version is a semantic version of what it does, such as 1.4.0.
	Version string
	// Name is for people, at most 256 characters. Default: the ID is shown.
	Name string
	// Description says in a sentence or two what it is good at.
	Description string
}

// SkillInfo says what a skill is.
type SkillInfo struct {
	// ID is its identity within the agent, [A-Za-z0-9_.-]{1,128}.
	ID string
	// Description says what it does, for people and for planners.
	Description string
	// Tags are words to find it by, at most 64.
	Tags []string
}

// Agent is one that is ready to be served or to dial in. It is finished before that: adding skills later is not safe.
type Agent struct {
	info    Info
	handler handler
	skills  []skill
}

// handler is one without its types: what reads the input, calls, and hands on the output.
type handler struct {
	input, output shape
	call          func(ctx context.Context, call *Call, input any) (any, error)
}

type skill struct {
	info    SkillInfo
	handler handler
}

// NewAgent makes an agent of a function. It is meant for the start of a program, and panics for an id, a version or types that are
// none.
func NewAgent[In, Out any](info Info, does Handler[In, Out]) *Agent {
	mustBeID(info.ID)
	if !versionPattern.MatchString(info.Version) {
		panic(fmt.Sprintf("skein: the version of an agent is like 1.4.0, not %q", info.Version))
	}
	return &Agent{info: info, handler: handlerOf(does)}
}

// AddSkill adds a skill, with a function and types of its own. It panics for an id that is none, or known, and for types that are
// none.
func AddSkill[In, Out any](agent *Agent, info SkillInfo, does Handler[In, Out]) {
	mustBeID(info.ID)
	for _, each := range agent.skills {
		if each.info.ID == info.ID {
			panic(fmt.Sprintf("skein: there is a skill %s already", info.ID))
		}
	}
	agent.skills = append(agent.skills, skill{info, handlerOf(does)})
}

func mustBeID(id string) {
	if !idPattern.MatchString(id) {
		panic(fmt.Sprintf("skein: an id has 1 to 128 of A-Z a-z 0-9 _ . -, not %q", id))
	}
}

func handlerOf[In, Out any](does Handler[In, Out]) handler {
	call := func(ctx context.Context, call *Call, plain any) (any, error) {
		var input In
		if err := decodeInto(plain, &input); err != nil {
			return nil, &AgentError{Code: "INVALID_INPUT", Message: "the input does not fit: " + err.Error()}
		}
		return does(ctx, call, input)
	}
	return handler{input: shapeOf(reflect.TypeFor[In]()), output: shapeOf(reflect.TypeFor[Out]()), call: call}
}

// shown are the skills of the card. A card shows schemas with skills alone: an agent that has types and no skills has one of its own
// name.
func (a *Agent) shown() []skill {
	typed := !a.handler.input.takesAnything() || !a.handler.output.takesAnything()
	if len(a.skills) > 0 || !typed {
		return a.skills
	}
	return []skill{{SkillInfo{ID: a.info.ID, Description: a.info.Description}, a.handler}}
}

// handlerFor is that of a skill. The empty id is always one.
func (a *Agent) handlerFor(skillID string) (handler, bool) {
	if skillID == "" {
		return a.handler, true
	}
	for _, each := range a.shown() {
		if each.info.ID == skillID {
			return each.handler, true
		}
	}
	return handler{}, false
}

// card is what it says about itself.
func (a *Agent) card() *agentv1.AgentCard {
	card := &agentv1.AgentCard{
		AgentId:     a.info.ID,
		Version:     a.info.Version,
		Name:        a.info.Name,
		Description: a.info.Description,
	}
	for _, each := range a.shown() {
		card.Skills = append(card.Skills, each.card())
	}
	return card
}

func (s skill) card() *agentv1.Skill {
	card := &agentv1.Skill{SkillId: s.info.ID, Description: s.info.Description, Tags: s.info.Tags}
	// Schemas are made here, of nothing but JSON.
	if !s.handler.input.takesAnything() {
		card.InputSchema, _ = toStruct(s.handler.input.schema)
	}
	if !s.handler.output.takesAnything() {
		card.OutputSchema, _ = toStruct(s.handler.output.schema)
	}
	return card
}
