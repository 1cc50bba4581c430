package skein

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	workerv1 "skein.dev/go/gen/skein/worker/v1"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

const (
	firstPause = 100 * time.Millisecond
	// A worker has 10 s to come back.
	longestPause    = 5 * time.Second
	defaultInterval = 10 * time.Second
)

// Pings come every 10 s, which is as often as gRPC for Go lets them. What notices a broken connection sooner is the timeout: it is the
// kernel's as well, for whatever was said and is not acknowledged, and something is said twice in a heartbeat interval.
var pings = grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 2 * time.Second})

// workerLoop has the streams of a worker, one after the other.
//
// It owns the connection, the session and the stop. It does not own tasks: they outlive streams.
//
// L1. It connects again after every break, until it is stopped and has nothing in hand, or is refused for good.
// L2. It says something at least twice in a heartbeat interval.
// L3. A stop drains: no more tasks come, those in hand are answered and acknowledged; after the grace they are aborted.
type workerLoop struct {
	options  WorkerOptions
	register *workerv1.Register
	welcomed func()
	tasks    *workerTasks

	mu       sync.Mutex
	session  string
	failures int
	draining bool
	outgoing *messageQueue[word] // Nil: there is no stream.
}

func newWorkerLoop(agent *Agent, options WorkerOptions, register *workerv1.Register, welcomed func()) *workerLoop {
	loop := &workerLoop{options: options, register: register, welcomed: welcomed}
	loop.tasks = newWorkerTasks(agent, options.Concurrency, options.Log, loop.endIfDone)
	return loop
}

// run works until ctx is done, and the stop after it.
func (l *workerLoop) run(ctx context.Context) error {
	over, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	defer l.tasks.end("the worker stops")
	stopWatching := context.AfterFunc(ctx, func() {
		l.drain()
		time.AfterFunc(l.options.Grace, cut)
	})
	defer stopWatching()
	for over.Err() == nil && !l.isDone() {
		err := l.stream(over)
		if over.Err() != nil || l.isDone() {
			return nil
		}
		if err != nil && isFinal(err) {
			return errorOf(err)
		}
		if err != nil {
			l.options.Log.Info("the connection broke; it is made again", "worker_id", l.register.GetWorkerId(), "error", err)
		}
		l.pause(over, ctx)
	}
	return nil
}

func (l *workerLoop) drain() {
	l.tasks.drain()
	l.mu.Lock()
	l.draining = true
	l.mu.Unlock()
	l.say(&workerv1.ConnectRequest{Message: &workerv1.ConnectRequest_Drain{Drain: &workerv1.Drain{}}})
	l.endIfDone()
}

func (l *workerLoop) isDone() bool {
	l.mu.Lock()
	draining := l.draining
	l.mu.Unlock()
	return draining && l.tasks.isIdle()
}

// stream is one connection, to its end. A connection of its own: a new one waits for nothing that an old one came to.
func (l *workerLoop) stream(over context.Context) error {
	connection, err := dial(l.options.API, pings)
	if err != nil {
		return err
	}
	defer connection.Close()
	ctx, leave := context.WithCancel(over)
	defer leave()
	outgoing := l.begin()
	defer l.disconnect()
	if l.session != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "skein-session", l.session)
	}
	stream, err := workerv1.NewWorkerServiceClient(connection).Connect(ctx)
	if err != nil {
		return err
	}
	go write(ctx, stream, outgoing)
	for {
		message, err := stream.Recv()
		if err != nil {
			return brokenBy(err)
		}
		if registered := message.GetRegistered(); registered != nil {
			go l.beat(ctx, l.welcome(registered))
		} else {
			l.take(message)
		}
	}
}

// begin has the registration as the first of what is to be said.
func (l *workerLoop) begin() *messageQueue[word] {
	register := proto.CloneOf(l.register)
	register.Running = l.tasks.running()
	outgoing := newMessageQueue[word]()
	outgoing.push(&workerv1.ConnectRequest{Message: &workerv1.ConnectRequest_Register{Register: register}})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.outgoing = outgoing
	return outgoing
}

func (l *workerLoop) disconnect() {
	l.tasks.disconnect()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.outgoing = nil
}

func (l *workerLoop) welcome(registered *workerv1.Registered) time.Duration {
	l.mu.Lock()
	l.session = registered.GetSession()
	l.failures = 0
	draining := l.draining
	l.mu.Unlock()
	l.welcomed()
	if draining {
		l.say(&workerv1.ConnectRequest{Message: &workerv1.ConnectRequest_Drain{Drain: &workerv1.Drain{}}})
	}
	l.tasks.connect(registered.GetResumed(), l.say)
	l.endIfDone()
	interval := registered.GetHeartbeatInterval().AsDuration()
	if interval <= 0 {
		interval = defaultInterval
	}
	return max(interval/2, time.Millisecond)
}

// beat is L2.
func (l *workerLoop) beat(ctx context.Context, pause time.Duration) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			l.say(&workerv1.ConnectRequest{Message: &workerv1.ConnectRequest_Status{Status: &workerv1.WorkerStatus{}}})
		case <-ctx.Done():
			return
		}
	}
}

func (l *workerLoop) take(message *workerv1.ConnectResponse) {
	switch it := message.GetMessage().(type) {
	case *workerv1.ConnectResponse_Task:
		l.tasks.accept(it.Task)
	case *workerv1.ConnectResponse_Cancel:
		l.tasks.cancel(it.Cancel.GetTaskId(), it.Cancel.GetReason())
	case *workerv1.ConnectResponse_Acknowledgements:
		for _, each := range it.Acknowledgements.GetTasks() {
			l.tasks.acknowledge(each.GetTaskId(), int(each.GetSeq()))
		}
	default: // A message of a newer contract is for newer workers.
	}
}

func (l *workerLoop) say(message word) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.outgoing != nil {
		l.outgoing.push(message)
	}
}

// endIfDone is L3: the half-closed stream is the worker's last word.
func (l *workerLoop) endIfDone() {
	if !l.isDone() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.outgoing != nil {
		l.outgoing.end()
	}
}

// pause waits before the next connection, until over, or until it is told to stop: then a worker with nothing in hand need not wait.
func (l *workerLoop) pause(over, stop context.Context) {
	l.mu.Lock()
	full := min(longestPause, firstPause<<min(l.failures, 10))
	l.failures++
	l.mu.Unlock()
	// Half of it is random, so that workers that lost the same executor do not all come back at once.
	timer := time.NewTimer(full/2 + rand.N(full/2))
	defer timer.Stop()
	stopping := stop.Done()
	if stop.Err() != nil {
		stopping = nil // It was told before, and has tasks in hand.
	}
	select {
	case <-timer.C:
	case <-over.Done():
	case <-stopping:
	}
}

// write says what is to be said. Of a stream that breaks the reader tells.
func write(ctx context.Context, stream workerv1.WorkerService_ConnectClient, outgoing *messageQueue[word]) {
	for {
		words, ok := outgoing.take(ctx.Done())
		if !ok {
			_ = stream.CloseSend()
			return
		}
		for _, each := range words {
			if stream.Send(each) != nil {
				return
			}
		}
	}
}

// brokenBy is what a stream broke by. Nil: it ended.
func brokenBy(err error) error {
	if _, isStatus := status.FromError(err); !isStatus {
		return nil
	}
	return err
}

// isFinal says that the next try would be refused too.
func isFinal(err error) bool {
	if errors.Is(err, errAddress) {
		return true
	}
	switch status.Code(err) {
	case codes.InvalidArgument, codes.NotFound, codes.PermissionDenied, codes.Unauthenticated, codes.Unimplemented,
		codes.FailedPrecondition:
		return true
	}
	return false
}
