package skein

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	workerv1 "skein.dev/go/gen/skein/worker/v1"
)

type word = *workerv1.ConnectRequest

// workerTasks are the tasks of a worker: what it is at, and what it has answered and nobody has acknowledged.
//
// It owns tasks from their arrival until their last event is acknowledged, they are cancelled, or another task takes over their work.
// They outlive the streams that they came by.
//
// K1. Events of a task are the steps of its attempt, under the same numbers: what was not acknowledged is sent again from there.
// K2. A task with the key of an attempt that is known is that attempt, heard from 1; the task that had it before is forgotten.
// K3. A task that nobody waits for after a new connection (not among those resumed) goes on, and is silent.
// K4. At most so many handlers run as it takes tasks at once. Credits are granted for as many tasks as somebody waits for; a task that
// is taken over may have to wait for one that nobody waits for any more.
//
// Its lock is taken before those of attempts and of the book, and never while one of theirs is held.
type workerTasks struct {
	agent       *Agent
	concurrency int
	log         *slog.Logger
	// onIdle is told, without the lock, when nothing that somebody waits for is left.
	onIdle func()
	book   *attemptBook
	gate   chan struct{}

	mu       sync.Mutex
	inHand   map[string]*taskInHand
	say      func(word)
	draining bool
}

type taskInHand struct {
	id          string
	attempt     *attempt
	release     func()
	heardSeq    int
	sentSeq     int
	wanted      bool // K3
	holdsCredit bool
}

func newWorkerTasks(agent *Agent, concurrency int, log *slog.Logger, onIdle func()) *workerTasks {
	return &workerTasks{
		agent:       agent,
		concurrency: concurrency,
		log:         log,
		onIdle:      onIdle,
		book:        newAttemptBook(),
		gate:        make(chan struct{}, concurrency),
		inHand:      map[string]*taskInHand{},
	}
}

// isIdle says that nobody waits for anything that is in hand.
func (w *workerTasks) isIdle() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.idle()
}

func (w *workerTasks) idle() bool {
	for _, task := range w.inHand {
		if task.wanted {
			return false
		}
	}
	return true
}

// running is for the registration.
func (w *workerTasks) running() []*workerv1.RunningTask {
	w.mu.Lock()
	defer w.mu.Unlock()
	var running []*workerv1.RunningTask
	for _, task := range w.inHand {
		running = append(running, &workerv1.RunningTask{TaskId: task.id, IdempotencyKey: task.attempt.key})
	}
	return running
}

// connect goes on behind what was heard (K1) on a new stream, and asks for more.
func (w *workerTasks) connect(resumed []*workerv1.Acknowledgement, say func(word)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.say = say
	heard := map[string]int{}
	for _, each := range resumed {
		heard[each.GetTaskId()] = int(each.GetSeq())
	}
	room := w.concurrency
	for _, task := range w.inHand {
		seq, wanted := heard[task.id]
		task.wanted, task.heardSeq, task.sentSeq = wanted, seq, seq
		task.holdsCredit = wanted && !task.attempt.isOver()
		if task.holdsCredit {
			room--
		}
	}
	w.grant(room)
	for _, task := range w.inHand {
		w.send(task)
	}
}

func (w *workerTasks) disconnect() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.say = nil
}

// drain grants no more credits.
func (w *workerTasks) drain() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.draining = true
}

func (w *workerTasks) accept(given *workerv1.Task) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id, request := given.GetTaskId(), given.GetRequest()
	if _, known := w.inHand[id]; known || request == nil {
		return
	}
	it, isNew := w.book.take(request.GetIdempotencyKey())
	if !isNew {
		w.forgetOthersOf(it) // K2
	}
	task := &taskInHand{id: id, attempt: it, wanted: true, holdsCredit: true}
	leave := it.listen(func() { w.changed(task) })
	var deadline *time.Timer
	if given.GetTimeout() != nil {
		deadline = time.AfterFunc(given.GetTimeout().AsDuration(), func() { w.cancel(id, "deadline exceeded") })
	}
	task.release = func() {
		leave()
		if deadline != nil {
			deadline.Stop()
		}
	}
	w.inHand[id] = task
	if isNew {
		request.TaskId = id
		go w.work(it, func() { perform(w.agent, request, given.GetTraceparent(), it, w.log) })
	}
	w.send(task)
}

// work is done when there is room for it (K4).
func (w *workerTasks) work(it *attempt, do func()) {
	select {
	case w.gate <- struct{}{}:
		defer func() { <-w.gate }()
		if !it.isOver() {
			do()
		}
	case <-it.ctx.Done():
	}
}

func (w *workerTasks) acknowledge(id string, seq int) {
	w.locked(func() {
		task, ok := w.inHand[id]
		if !ok {
			return
		}
		task.heardSeq = max(task.heardSeq, seq)
		if unheard, answered, _ := task.attempt.after(task.heardSeq); answered && len(unheard) == 0 {
			w.forget(task)
		}
	})
}

func (w *workerTasks) cancel(id, reason string) {
	w.mu.Lock()
	task, ok := w.inHand[id]
	w.mu.Unlock()
	if !ok {
		return
	}
	w.locked(func() { w.forget(task) })
	task.attempt.abort(reasonOr(reason))
}

// end ends everything, and waits a moment for the handlers to notice.
func (w *workerTasks) end(reason string) {
	w.mu.Lock()
	ids := slices.Collect(maps.Keys(w.inHand))
	w.mu.Unlock()
	for _, id := range ids {
		w.cancel(id, reason)
	}
	ctx, release := context.WithTimeout(context.Background(), lastWords)
	defer release()
	for range w.concurrency {
		select {
		case w.gate <- struct{}{}:
		case <-ctx.Done():
			return
		}
	}
}

func (w *workerTasks) changed(task *taskInHand) {
	w.locked(func() {
		if _, _, aborted := task.attempt.after(0); aborted {
			w.forget(task)
		} else {
			w.send(task)
		}
	})
}

// locked does something under the lock, and tells of idleness after it.
func (w *workerTasks) locked(do func()) {
	w.mu.Lock()
	wasIdle := w.idle()
	do()
	isIdle := w.idle()
	w.mu.Unlock()
	if isIdle && !wasIdle {
		w.onIdle()
	}
}

// send is K1.
func (w *workerTasks) send(task *taskInHand) {
	if w.say == nil || !task.wanted || w.inHand[task.id] != task {
		return
	}
	steps, answered, _ := task.attempt.after(task.sentSeq)
	for _, each := range steps {
		task.sentSeq++
		event := &workerv1.TaskEvent{TaskId: task.id, Seq: uint64(task.sentSeq), Event: each}
		w.say(&workerv1.ConnectRequest{Message: &workerv1.ConnectRequest_Event{Event: event}})
	}
	if answered {
		w.giveBack(task)
	}
}

func (w *workerTasks) forgetOthersOf(it *attempt) {
	for _, task := range w.inHand {
		if task.attempt == it {
			w.forget(task)
		}
	}
}

func (w *workerTasks) forget(task *taskInHand) {
	if w.inHand[task.id] != task {
		return
	}
	task.release()
	delete(w.inHand, task.id)
	w.giveBack(task)
}

// giveBack says that there is room for another one.
func (w *workerTasks) giveBack(task *taskInHand) {
	if task.holdsCredit {
		task.holdsCredit = false
		w.grant(1)
	}
}

func (w *workerTasks) grant(count int) {
	if count > 0 && !w.draining && w.say != nil {
		credits := &workerv1.Credits{Count: uint32(count)}
		w.say(&workerv1.ConnectRequest{Message: &workerv1.ConnectRequest_Credits{Credits: credits}})
	}
}
