package skein

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	agentv1 "skein.dev/go/gen/skein/agent/v1"
	workerv1 "skein.dev/go/gen/skein/worker/v1"

	"google.golang.org/protobuf/types/known/durationpb"
)

// words are what a worker said on one stream, in short.
type words struct {
	mu   sync.Mutex
	said []string
	news chan struct{}
}

func newWords() *words {
	return &words{news: make(chan struct{}, 100)}
}

func (w *words) say(message word) {
	text := fmt.Sprintf("+%d", message.GetCredits().GetCount())
	if event := message.GetEvent(); event != nil {
		name, _, _ := strings.Cut(event.GetEvent().String(), ":")
		text = fmt.Sprintf("%s %d %s", event.GetTaskId(), event.GetSeq(), name)
	}
	w.mu.Lock()
	w.said = append(w.said, text)
	w.mu.Unlock()
	w.news <- struct{}{}
}

// until waits for that many words.
func (w *words) until(t *testing.T, count int) []string {
	t.Helper()
	for {
		w.mu.Lock()
		said := slices.Clone(w.said)
		w.mu.Unlock()
		if len(said) >= count {
			return said
		}
		select {
		case <-w.news:
		case <-time.After(5 * time.Second):
			t.Fatalf("only %q", said)
		}
	}
}

type bench struct {
	tasks   *workerTasks
	first   *words
	release chan struct{}
	begun   chan string
	stopped chan string
	idle    chan struct{}
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{
		first:   newWords(),
		release: make(chan struct{}),
		begun:   make(chan string, 9),
		stopped: make(chan string, 9),
		idle:    make(chan struct{}, 9),
	}
	agent := NewAgent(Info{ID: "speaker", Version: "1.0.0"}, func(ctx context.Context, call *Call, given any) (any, error) {
		b.begun <- call.IdempotencyKey
		call.Delta("a")
		select {
		case <-b.release:
			return given, nil
		case <-ctx.Done():
			b.stopped <- call.IdempotencyKey
			return nil, ctx.Err()
		}
	})
	b.tasks = newWorkerTasks(agent, 2, quiet, func() { b.idle <- struct{}{} })
	b.tasks.connect(nil, b.first.say)
	t.Cleanup(func() { b.tasks.end("the test is over") })
	return b
}

func (b *bench) reconnect(resumed ...*workerv1.Acknowledgement) *words {
	b.tasks.disconnect()
	stream := newWords()
	b.tasks.connect(resumed, stream.say)
	return stream
}

func taskOf(id, key string) *workerv1.Task {
	return &workerv1.Task{TaskId: id, Request: &agentv1.InvokeRequest{IdempotencyKey: key}}
}

func heardOf(id string, seq uint64) *workerv1.Acknowledgement {
	return &workerv1.Acknowledgement{TaskId: id, Seq: seq}
}

func (b *bench) runningIDs() []string {
	ids := []string{}
	for _, each := range b.tasks.running() {
		ids = append(ids, each.GetTaskId())
	}
	return ids
}

func want(t *testing.T, got []string, wanted ...string) {
	t.Helper()
	if !slices.Equal(got, wanted) {
		t.Errorf("got %q, not %q", got, wanted)
	}
}

func TestATaskIsAnsweredOnceAndForgottenWhenItWasHeard(t *testing.T) {
	b := newBench(t)
	b.tasks.accept(taskOf("t", "t"))
	b.tasks.accept(taskOf("t", "t"))
	close(b.release)
	want(t, b.first.until(t, 4), "+2", "t 1 delta", "t 2 result", "+1")
	b.tasks.acknowledge("t", 1)
	want(t, b.runningIDs(), "t")
	b.tasks.acknowledge("t", 2)
	want(t, b.runningIDs())
	<-b.idle
	if !b.tasks.isIdle() || len(b.begun) != 1 {
		t.Errorf("idle %v, begun %d times", b.tasks.isIdle(), len(b.begun))
	}
}

func TestK1WhatWasNotHeardIsSaidAgainUnderItsNumber(t *testing.T) {
	b := newBench(t)
	b.tasks.accept(taskOf("t", "t"))
	b.first.until(t, 2)
	b.tasks.disconnect()
	close(b.release)
	stream := b.reconnect(heardOf("t", 1))
	want(t, stream.until(t, 2)[1:2], "t 2 result")
	stream = b.reconnect(heardOf("t", 0))
	want(t, stream.until(t, 3), "+2", "t 1 delta", "t 2 result")
}

func TestK2WorkThatIsKnownIsTakenOverFromItsFirstEvent(t *testing.T) {
	b := newBench(t)
	b.tasks.accept(taskOf("t/1", "key"))
	b.first.until(t, 2)
	stream := b.reconnect()
	b.tasks.accept(taskOf("t/2", "key"))
	close(b.release)
	want(t, stream.until(t, 3)[:3], "+2", "t/2 1 delta", "t/2 2 result")
	want(t, b.runningIDs(), "t/2")
	if len(b.begun) != 1 {
		t.Error("it began again")
	}
}

func TestK3WhatNobodyWaitsForGoesOnInSilence(t *testing.T) {
	b := newBench(t)
	b.tasks.accept(taskOf("t", "t"))
	b.first.until(t, 2)
	stream := b.reconnect()
	if !b.tasks.isIdle() {
		t.Error("somebody waits for it")
	}
	over := make(chan struct{})
	b.tasks.inHand["t"].attempt.listen(func() { close(over) })
	close(b.release)
	<-over
	want(t, stream.until(t, 1), "+2")
	want(t, b.runningIDs(), "t")
}

func TestK4AtMostSoManyHandlersRun(t *testing.T) {
	b := newBench(t)
	for _, id := range []string{"a", "b"} {
		b.tasks.accept(taskOf(id, id))
		<-b.begun
	}
	b.tasks.accept(taskOf("c", "c"))
	b.first.until(t, 3)
	if len(b.begun) != 0 {
		t.Error("a third one began")
	}
	b.tasks.cancel("a", "")
	if stopped, next := <-b.stopped, <-b.begun; stopped != "a" || next != "c" {
		t.Errorf("%s stopped, %s began", stopped, next)
	}
}

func TestADeadlineEndsTheWork(t *testing.T) {
	b := newBench(t)
	given := taskOf("t", "t")
	given.Timeout = durationpb.New(20 * time.Millisecond)
	b.tasks.accept(given)
	<-b.stopped
	want(t, b.runningIDs())
}

func TestOneThatDrainsGrantsNoMore(t *testing.T) {
	b := newBench(t)
	b.tasks.accept(taskOf("t", "t"))
	b.tasks.drain()
	close(b.release)
	b.first.until(t, 3)
	b.tasks.acknowledge("t", 2)
	<-b.idle
	want(t, b.first.until(t, 3), "+2", "t 1 delta", "t 2 result")
}
