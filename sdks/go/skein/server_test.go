package skein

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	agentv1 "skein.dev/go/gen/skein/agent/v1"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

var quiet = slog.New(slog.DiscardHandler)

type served struct {
	t      *testing.T
	agent  agentv1.AgentServiceClient
	health grpc_health_v1.HealthClient
	stop   context.CancelFunc
	ended  chan error
}

func serveFor[In, Out any](t *testing.T, does Handler[In, Out]) *served {
	t.Helper()
	return serveAgent(t, NewAgent(Info{ID: "test", Version: "1.2.3"}, does))
}

func serveAgent(t *testing.T, agent *Agent) *served {
	t.Helper()
	server := NewServer(agent, ServerOptions{Grace: 200 * time.Millisecond, Log: quiet})
	ctx, stop := context.WithCancel(context.Background())
	it := &served{t: t, stop: stop, ended: make(chan error, 1)}
	go func() { it.ended <- server.Run(ctx) }()
	connection, err := dial("http://" + server.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = connection.Close()
	})
	it.agent, it.health = agentv1.NewAgentServiceClient(connection), grpc_health_v1.NewHealthClient(connection)
	return it
}

func (s *served) request(input any, more *agentv1.InvokeRequest) *agentv1.InvokeRequest {
	if more == nil {
		more = &agentv1.InvokeRequest{}
	}
	value, err := toValue(input)
	if err != nil {
		s.t.Fatal(err)
	}
	more.Input = value
	return more
}

func (s *served) invoke(ctx context.Context, input any, more *agentv1.InvokeRequest) ([]step, error) {
	stream, err := s.agent.Invoke(ctx, s.request(input, more))
	var steps []step
	for err == nil {
		var each step
		if each, err = stream.Recv(); err == nil {
			steps = append(steps, each)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return steps, err
}

func (s *served) last(input any, more *agentv1.InvokeRequest) step {
	s.t.Helper()
	steps, err := s.invoke(context.Background(), input, more)
	if err != nil || len(steps) == 0 {
		s.t.Fatalf("%d steps, %v", len(steps), err)
	}
	return steps[len(steps)-1]
}

func TestDeltasProgressAndHeartbeatsComeBeforeTheOneResult(t *testing.T) {
	s := serveFor(t, func(_ context.Context, call *Call, given any) ([]any, error) {
		call.Delta("half \xff")
		call.State("working", "on it")
		if err := call.Progress(map[string]int{"page": 1}); err != nil {
			return nil, err
		}
		call.Usage(3, 0)
		call.Usage(4, 1)
		return []any{given, call.Attempt, call.Config, call.ResumeDetails, call.Traceparent}, nil
	})
	config, _ := toStruct(map[string]any{"tone": "dry"})
	resume, _ := toValue(5)
	ctx := metadata.AppendToOutgoingContext(context.Background(), "traceparent", "00-a-b-01")
	steps, err := s.invoke(ctx, "hi", &agentv1.InvokeRequest{Attempt: 2, Config: config, ResumeDetails: resume})
	if err != nil || len(steps) != 4 {
		t.Fatalf("%v, %v", steps, err)
	}
	if text := steps[0].GetDelta().GetText(); text != "half \uFFFD" {
		t.Errorf("delta %q", text)
	}
	output, _ := plainJSON(fromValue(steps[3].GetResult().GetOutput()))
	if want, _ := plainJSON([]any{"hi", 2, map[string]any{"tone": "dry"}, 5, "00-a-b-01"}); !equalJSON(output, want) {
		t.Errorf("output %v", output)
	}
	if usage := steps[3].GetResult().GetUsage(); usage.GetInputTokens() != 7 || usage.GetOutputTokens() != 1 {
		t.Errorf("usage %v", usage)
	}
}

func equalJSON(one, other any) bool {
	first, _ := toValue(one)
	second, _ := toValue(other)
	return first.String() == second.String()
}

func TestInputsOutputsAndSkillsAreCheckedByTheirTypes(t *testing.T) {
	calls := 0
	agent := NewAgent(Info{ID: "typed", Version: "1.0.0"}, func(_ context.Context, _ *Call, given line) (any, error) {
		calls++
		if given.Text == "wrong" {
			return uint64(1) << 60, nil
		}
		return len(given.Text), nil
	})
	AddSkill(agent, SkillInfo{ID: "halve", Tags: []string{"math"}}, func(_ context.Context, _ *Call, number float64) (float64, error) {
		return number / 2, nil
	})
	s := serveAgent(t, agent)
	if output := s.last(line{Text: "four"}, nil).GetResult().GetOutput().GetNumberValue(); output != 4 {
		t.Errorf("output %v", output)
	}
	half := s.last(3, &agentv1.InvokeRequest{SkillId: "halve"}).GetResult().GetOutput().GetNumberValue()
	if half != 1.5 {
		t.Errorf("half %v", half)
	}
	for _, wrong := range []struct {
		input any
		skill string
		want  string
	}{
		{map[string]any{"text": 4}, "", "INVALID_INPUT: the input does not fit: /text must be string"},
		{nil, "", "INVALID_INPUT: the input does not fit: the value must be object"},
		{line{Text: "wrong"}, "", "OUTPUT_SCHEMA_VIOLATION: the agent answered what is no JSON"},
		{line{}, "double", "UNKNOWN_SKILL: typed has no skill double; it has halve"},
	} {
		failure := s.last(wrong.input, &agentv1.InvokeRequest{SkillId: wrong.skill}).GetError()
		if got := failure.GetCode() + ": " + failure.GetMessage(); !strings.HasPrefix(got, wrong.want) || failure.GetRetryable() {
			t.Errorf("got %s", got)
		}
	}
	if calls != 2 {
		t.Errorf("%d calls", calls)
	}
}

func TestAFailureIsAsItWasReturned(t *testing.T) {
	s := serveFor(t, func(_ context.Context, _ *Call, how string) (any, error) {
		switch how {
		case "foreseen":
			return nil, &AgentError{Code: "BUSY", Message: "come back", Retryable: true, RetryAfter: 1500 * time.Millisecond}
		case "no code":
			return nil, &AgentError{Code: "busy"}
		case "panic":
			panic("oops")
		case "ask":
			return nil, &Question{Message: "Which?", Kind: AskAuth, State: []int{1}}
		}
		return nil, errors.New("oops")
	})
	if busy := s.last("foreseen", nil).GetError(); busy.GetCode() != "BUSY" || busy.GetRetryAfter().AsDuration() != 1500*time.Millisecond {
		t.Errorf("%v", busy)
	}
	for _, how := range []string{"no code", "panic", "other"} {
		if failure := s.last(how, nil).GetError(); failure.GetCode() != "UNKNOWN" {
			t.Errorf("%s: %v", how, failure)
		}
	}
	if question := s.last("ask", nil).GetQuestion(); question.GetMessage() != "Which?" ||
		question.GetKind() != agentv1.QuestionKind_QUESTION_KIND_AUTH || len(question.GetState().GetListValue().GetValues()) != 1 {
		t.Errorf("%v", question)
	}
}

func TestLongTextIsCutIntoDeltasAndTooMuchOfItRefused(t *testing.T) {
	s := serveFor(t, func(_ context.Context, call *Call, count int) (any, error) {
		call.Delta(strings.Repeat("€", count))
		return nil, nil
	})
	steps, err := s.invoke(context.Background(), 100_000, nil)
	if err != nil || len(steps) != 3 || len(steps[0].GetDelta().GetText()) != 262_143 || len(steps[1].GetDelta().GetText()) != 37_857 {
		t.Errorf("%d steps, %v", len(steps), err)
	}
	if code := s.last(1_500_000, nil).GetError().GetCode(); code != "PAYLOAD_TOO_LARGE" {
		t.Errorf("code %s", code)
	}
}

func TestTheWorkOfAnAttemptIsDoneOnce(t *testing.T) {
	begun, release := make(chan string, 9), make(chan struct{})
	s := serveFor(t, func(_ context.Context, call *Call, _ any) (any, error) {
		begun <- call.IdempotencyKey
		call.Delta("working")
		<-release
		return "done", nil
	})
	results := make(chan []step, 2)
	deliver := func(task string) {
		steps, _ := s.invoke(context.Background(), nil, &agentv1.InvokeRequest{TaskId: task, IdempotencyKey: "k"})
		results <- steps
	}
	go deliver("1")
	<-begun
	go deliver("2")
	close(release)
	first, second := <-results, <-results
	go deliver("3")
	for _, steps := range [][]step{first, second, <-results} {
		if len(steps) != 2 || steps[0].GetDelta().GetText() != "working" || steps[1].GetResult() == nil {
			t.Errorf("%v", steps)
		}
	}
	if len(begun) != 0 {
		t.Error("it began again")
	}
}

func TestCancelledWorkIsStoppedAndDoneAgainWhenAskedForAgain(t *testing.T) {
	begun, ended := make(chan string), make(chan error)
	s := serveFor(t, func(ctx context.Context, call *Call, _ any) (any, error) {
		begun <- call.TaskID
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return nil, ctx.Err()
	})
	for _, how := range []string{"the call is cancelled", "the task is", "the task is, again"} {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() {
			_, err := s.invoke(ctx, nil, &agentv1.InvokeRequest{TaskId: how, IdempotencyKey: "k"})
			done <- err
		}()
		if got := <-begun; got != how {
			t.Fatalf("%s began", got)
		}
		want := "enough"
		if how == "the call is cancelled" {
			cancel()
			want = "nobody waits for the answer"
		} else if _, err := s.agent.Cancel(ctx, &agentv1.CancelRequest{TaskId: how, Reason: want}); err != nil {
			t.Fatal(err)
		}
		if cause := <-ended; cause.Error() != want {
			t.Errorf("cause %v", cause)
		}
		if code := status.Code(<-done); code != codes.Canceled {
			t.Errorf("code %s", code)
		}
		cancel()
	}
}

func TestAStopLetsCallsEndTellsWhoWatchesAndCutsTheRest(t *testing.T) {
	begun, release := make(chan struct{}), make(chan struct{})
	s := serveFor(t, func(ctx context.Context, _ *Call, how string) (string, error) {
		begun <- struct{}{}
		if how == "ends" {
			<-release
		} else {
			<-ctx.Done()
		}
		return "done", nil
	})
	watch, err := s.health.Watch(context.Background(), &grpc_health_v1.HealthCheckRequest{Service: "skein.agent.v1.AgentService"})
	if err != nil {
		t.Fatal(err)
	}
	words := []grpc_health_v1.HealthCheckResponse_ServingStatus{}
	hear := func() {
		answer, err := watch.Recv()
		if err != nil {
			t.Fatal(err)
		}
		words = append(words, answer.GetStatus())
	}
	hear()
	type outcome struct {
		steps []step
		err   error
	}
	outcomes := map[string]chan outcome{"ends": make(chan outcome, 1), "does not": make(chan outcome, 1)}
	for how, out := range outcomes {
		go func() {
			steps, err := s.invoke(context.Background(), how, nil)
			out <- outcome{steps, err}
		}()
		<-begun
	}
	s.stop()
	hear()
	want := []grpc_health_v1.HealthCheckResponse_ServingStatus{grpc_health_v1.HealthCheckResponse_SERVING, grpc_health_v1.HealthCheckResponse_NOT_SERVING}
	if !slices.Equal(words, want) {
		t.Errorf("words %v", words)
	}
	close(release)
	if ended := <-outcomes["ends"]; len(ended.steps) != 1 || ended.steps[0].GetResult() == nil {
		t.Errorf("%v", ended)
	}
	if cut := <-outcomes["does not"]; status.Code(cut.err) != codes.Canceled {
		t.Errorf("%v", cut)
	}
	if err := <-s.ended; err != nil {
		t.Error(err)
	}
}

func TestAnAddressThatIsTakenIsSaidToBe(t *testing.T) {
	agent := NewAgent(Info{ID: "one", Version: "1.0.0"}, func(_ context.Context, _ *Call, given any) (any, error) { return given, nil })
	first := NewServer(agent, ServerOptions{Log: quiet})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() { _ = first.Run(ctx) }()
	if err := NewServer(agent, ServerOptions{Address: first.Address(), Log: quiet}).Run(ctx); err == nil {
		t.Error("two listen at one address")
	}
}

func TestWhatIsNoAgentIsRefusedWhereItIsWritten(t *testing.T) {
	for _, info := range []Info{{ID: "no id", Version: "1.0.0"}, {ID: "id", Version: "one"}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%v is taken", info)
				}
			}()
			NewAgent(info, func(_ context.Context, _ *Call, given any) (any, error) { return given, nil })
		}()
	}
}
