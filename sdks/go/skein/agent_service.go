package skein

import (
	"context"
	"log/slog"
	"sync"

	agentv1 "skein.dev/go/gen/skein/agent/v1"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// agentService is the agent contract over the attempts of one agent.
//
// It owns which delivery listens to which attempt. An attempt ends when its last listener leaves: a call that was cancelled, or lost
// its connection, has nobody who reads the answer.
type agentService struct {
	agentv1.UnimplementedAgentServiceServer
	agent *Agent
	log   *slog.Logger
	book  *attemptBook

	mu        sync.Mutex
	byTask    map[string]*attempt
	listeners map[*attempt]int
}

func newAgentService(agent *Agent, log *slog.Logger) *agentService {
	return &agentService{
		agent:     agent,
		log:       log,
		book:      newAttemptBook(),
		byTask:    map[string]*attempt{},
		listeners: map[*attempt]int{},
	}
}

func (s *agentService) abortAll(reason string) {
	for _, each := range s.book.atWork() {
		each.abort(reason)
	}
}

func (s *agentService) GetCard(context.Context, *agentv1.GetCardRequest) (*agentv1.GetCardResponse, error) {
	return &agentv1.GetCardResponse{Card: s.agent.card()}, nil
}

func (s *agentService) Cancel(_ context.Context, request *agentv1.CancelRequest) (*agentv1.CancelResponse, error) {
	s.mu.Lock()
	it, ok := s.byTask[request.GetTaskId()]
	s.mu.Unlock()
	if ok {
		it.abort(reasonOr(request.GetReason()))
	}
	return &agentv1.CancelResponse{}, nil
}

func (s *agentService) Invoke(request *agentv1.InvokeRequest, stream grpc.ServerStreamingServer[agentv1.InvokeResponse]) error {
	it, isNew := s.join(request)
	defer s.leave(request.GetTaskId(), it)
	if isNew {
		go perform(s.agent, request, traceparentOf(stream.Context()), it, s.log)
	}
	news := make(chan struct{}, 1)
	leave := it.listen(func() {
		select {
		case news <- struct{}{}:
		default: // It is awake already.
		}
	})
	defer leave()
	for seq := 0; ; {
		steps, answered, aborted := it.after(seq)
		for _, each := range steps {
			if err := stream.Send(each); err != nil {
				return err
			}
		}
		seq += len(steps)
		if answered {
			return nil
		}
		if aborted {
			return status.Error(codes.Canceled, "the task was cancelled")
		}
		select {
		case <-news:
		case <-stream.Context().Done():
			return status.FromContextError(stream.Context().Err()).Err()
		}
	}
}

func (s *agentService) join(request *agentv1.InvokeRequest) (it *attempt, isNew bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, isNew = s.book.take(request.GetIdempotencyKey())
	s.byTask[request.GetTaskId()] = it
	s.listeners[it]++
	return it, isNew
}

func (s *agentService) leave(taskID string, it *attempt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byTask[taskID] == it {
		delete(s.byTask, taskID)
	}
	if s.listeners[it]--; s.listeners[it] == 0 {
		delete(s.listeners, it)
		// Under the lock: whoever joins after this finds that it is over, and begins anew.
		it.abort("nobody waits for the answer")
	}
}

func traceparentOf(ctx context.Context) string {
	if values := metadata.ValueFromIncomingContext(ctx, "traceparent"); len(values) > 0 {
		return values[0]
	}
	return ""
}

func reasonOr(reason string) string {
	if reason == "" {
		return "cancelled"
	}
	return reason
}
