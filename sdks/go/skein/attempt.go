package skein

import (
	"context"
	"errors"
	"sync"

	agentv1 "skein.dev/go/gen/skein/agent/v1"

	"google.golang.org/protobuf/proto"
)

// attempt is the work on one attempt, and everything that it has said.
//
// It owns the steps, numbered from 1, and the context that ends the work. It does not own who listens.
//
// T1. Steps are never taken back: a listener that comes late, or again, hears the same ones under the same numbers.
// T2. It is over with its result, error or question, or when it is aborted; after that nothing is added.
// T3. Of heartbeats only the latest keeps its details: they may be long, and say where to go on from, not what happened.
//
// Listeners are called without its lock, so that they may look at it.
type attempt struct {
	key    string
	ctx    context.Context
	cancel context.CancelCauseFunc

	mu              sync.Mutex
	steps           []step
	answered        bool
	aborted         bool
	latestHeartbeat int
	listeners       map[int]func()
	nextListener    int
}

func newAttempt(key string) *attempt {
	ctx, cancel := context.WithCancelCause(context.Background())
	return &attempt{key: key, ctx: ctx, cancel: cancel, latestHeartbeat: -1, listeners: map[int]func(){}}
}

// after are the steps behind a number, and whether it is answered, or aborted, with those.
func (a *attempt) after(seq int) (steps []step, answered, aborted bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.steps[min(seq, len(a.steps)):len(a.steps):len(a.steps)], a.answered, a.aborted
}

func (a *attempt) isOver() bool {
	_, answered, aborted := a.after(0)
	return answered || aborted
}

func (a *attempt) sizeBytes() int {
	steps, _, _ := a.after(0)
	size := 0
	for _, each := range steps {
		size += proto.Size(each)
	}
	return size
}

func (a *attempt) say(it step) {
	a.mu.Lock()
	if a.answered || a.aborted {
		a.mu.Unlock()
		return
	}
	if _, ok := it.GetEvent().(*agentv1.InvokeResponse_Heartbeat); ok {
		if a.latestHeartbeat >= 0 {
			// A copy: somebody may be reading those of before.
			a.steps = append([]step(nil), a.steps...)
			a.steps[a.latestHeartbeat] = heartbeatStep(nil)
		}
		a.latestHeartbeat = len(a.steps)
	}
	a.steps = append(a.steps, it)
	a.answered = isEnding(it)
	a.mu.Unlock()
	a.tell()
}

func (a *attempt) abort(reason string) {
	a.mu.Lock()
	if a.answered || a.aborted {
		a.mu.Unlock()
		return
	}
	a.aborted = true
	a.mu.Unlock()
	a.cancel(errors.New(reason))
	a.tell()
}

// listen calls back after every change, until what it returns is called.
func (a *attempt) listen(listener func()) (leave func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	id := a.nextListener
	a.nextListener++
	a.listeners[id] = listener
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.listeners, id)
	}
}

func (a *attempt) tell() {
	a.mu.Lock()
	listeners := make([]func(), 0, len(a.listeners))
	for _, each := range a.listeners {
		listeners = append(listeners, each)
	}
	a.mu.Unlock()
	for _, each := range listeners {
		each()
	}
}
