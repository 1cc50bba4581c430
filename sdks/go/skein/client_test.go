package skein

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"testing"
	"time"

	eventv1 "skein.dev/go/gen/skein/event/v1"
	eventlogv1 "skein.dev/go/gen/skein/eventlog/v1"
	schedulerv1 "skein.dev/go/gen/skein/scheduler/v1"
	typev1 "skein.dev/go/gen/skein/type/v1"
	workerv1 "skein.dev/go/gen/skein/worker/v1"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// fakePlatform says what a test wants.
type fakePlatform struct {
	schedulerv1.UnimplementedRunServiceServer
	eventlogv1.UnimplementedEventServiceServer
	workerv1.UnimplementedWorkerServiceServer
	start  func(*schedulerv1.StartRunRequest, metadata.MD) (*schedulerv1.Run, error)
	get    func() (*schedulerv1.Run, error)
	signal func() error
}

func (p *fakePlatform) StartRun(ctx context.Context, request *schedulerv1.StartRunRequest) (*schedulerv1.StartRunResponse, error) {
	headers, _ := metadata.FromIncomingContext(ctx)
	run, err := p.start(request, headers)
	return &schedulerv1.StartRunResponse{Run: run}, err
}

func (p *fakePlatform) GetRun(context.Context, *schedulerv1.GetRunRequest) (*schedulerv1.GetRunResponse, error) {
	run, err := p.get()
	return &schedulerv1.GetRunResponse{Run: run}, err
}

func (p *fakePlatform) AwaitRun(context.Context, *schedulerv1.AwaitRunRequest) (*schedulerv1.AwaitRunResponse, error) {
	run, err := p.get()
	return &schedulerv1.AwaitRunResponse{Run: run}, err
}

func (p *fakePlatform) SignalRun(context.Context, *schedulerv1.SignalRunRequest) (*schedulerv1.SignalRunResponse, error) {
	return nil, p.signal()
}

// SubscribeEvents has three events, and a stream that breaks after each.
func (p *fakePlatform) SubscribeEvents(
	request *eventlogv1.SubscribeEventsRequest, stream grpc.ServerStreamingServer[eventlogv1.SubscribeEventsResponse],
) error {
	seq, _ := strconv.Atoi(request.GetCursor())
	seq++
	event := &eventv1.RunEvent{Seq: int64(seq), Event: &eventv1.RunEvent_RunStarted{RunStarted: &eventv1.RunStarted{}}}
	if seq == 3 {
		event.Event = &eventv1.RunEvent_RunDone{RunDone: &eventv1.RunDone{}}
	}
	cursor := strconv.Itoa(seq)
	for _, each := range []*eventlogv1.SubscribeEventsResponse{
		{Cursor: cursor, Item: &eventlogv1.SubscribeEventsResponse_RunEvent{RunEvent: event}},
		{Cursor: cursor, Item: &eventlogv1.SubscribeEventsResponse_KeepAlive{KeepAlive: &eventlogv1.KeepAlive{}}},
	} {
		if err := stream.Send(each); err != nil {
			return err
		}
	}
	return status.Error(codes.Unavailable, "cut")
}

func (p *fakePlatform) Connect(grpc.BidiStreamingServer[workerv1.ConnectRequest, workerv1.ConnectResponse]) error {
	return status.Error(codes.InvalidArgument, "no such namespace")
}

func (p *fakePlatform) listen(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	schedulerv1.RegisterRunServiceServer(server, p)
	eventlogv1.RegisterEventServiceServer(server, p)
	workerv1.RegisterWorkerServiceServer(server, p)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return "http://" + listener.Addr().String()
}

func (p *fakePlatform) client(t *testing.T) *Client {
	t.Helper()
	headers := map[string]string{"Authorization": "Bearer x"}
	client, err := Connect(ClientOptions{API: p.listen(t), Namespace: "acme", Headers: headers})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func TestAStartIsMadeAgainUnderTheSameIDWhereItsAnswerWasLost(t *testing.T) {
	ids := []string{}
	platform := &fakePlatform{start: func(request *schedulerv1.StartRunRequest, headers metadata.MD) (*schedulerv1.Run, error) {
		if request.GetNamespace() != "acme" || request.GetAgent().GetAgentId() != "echo" || headers.Get("authorization")[0] != "Bearer x" {
			t.Errorf("%v, %v", request, headers)
		}
		if ids = append(ids, request.GetRequestId()); len(ids) < 3 {
			return nil, status.Error(codes.Unavailable, "not yet")
		}
		output, _ := toValue(map[string]int{"n": 1})
		return &schedulerv1.Run{RunId: "r", State: schedulerv1.RunState_RUN_STATE_DONE, Output: output}, nil
	}}
	var output struct{ N int }
	if err := platform.client(t).Invoke(context.Background(), "echo", "hi", &output); err != nil || output.N != 1 {
		t.Errorf("%v, %v", output, err)
	}
	if len(ids) != 3 || ids[0] == "" || len(slices.Compact(ids)) != 1 {
		t.Errorf("ids %q", ids)
	}
}

func TestAnErrorSaysReasonPlaceRemedyAndFields(t *testing.T) {
	client := (&fakePlatform{get: func() (*schedulerv1.Run, error) {
		where := map[string]string{"place": "runs.r", "remedy": "look again"}
		fields := []*errdetails.BadRequest_FieldViolation{{Field: "run_id", Description: "is none"}}
		refused, err := status.New(codes.NotFound, "there is no run r").WithDetails(
			&errdetails.ErrorInfo{Reason: "RUN_NOT_FOUND", Domain: "skein.dev", Metadata: where},
			&errdetails.BadRequest{FieldViolations: fields},
		)
		if err != nil {
			t.Error(err)
		}
		return nil, refused.Err()
	}}).client(t)
	_, err := client.Runs.Get(context.Background(), "r")
	var known *Error
	if !errors.As(err, &known) || !errors.Is(err, Reason("RUN_NOT_FOUND")) || errors.Is(err, Reason("INTERNAL")) {
		t.Fatalf("%v", err)
	}
	if known.Code != codes.NotFound || known.Place != "runs.r" || known.Remedy != "look again" || known.Message != "there is no run r" {
		t.Errorf("%+v", known)
	}
	if !slices.Equal(known.Violations, []FieldViolation{{"run_id", "is none"}}) {
		t.Errorf("%v", known.Violations)
	}
}

func TestARunThatFailedSaysWhy(t *testing.T) {
	failure := &typev1.Failure{Code: "NEGATIVE", Message: "give me more", Place: "nodes.a"}
	client := (&fakePlatform{
		start: func(*schedulerv1.StartRunRequest, metadata.MD) (*schedulerv1.Run, error) {
			return &schedulerv1.Run{RunId: "r", State: schedulerv1.RunState_RUN_STATE_RUNNING}, nil
		},
		get: func() (*schedulerv1.Run, error) {
			return &schedulerv1.Run{RunId: "r", State: schedulerv1.RunState_RUN_STATE_FAILED, Failure: failure}, nil
		},
	}).client(t)
	var output any
	if err := client.RunWorkflow(context.Background(), "w", nil, &output); !errors.Is(err, Reason("NEGATIVE")) {
		t.Errorf("%v", err)
	}
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	client := (&fakePlatform{get: func() (*schedulerv1.Run, error) {
		return &schedulerv1.Run{RunId: "r", State: schedulerv1.RunState_RUN_STATE_RUNNING}, nil
	}}).client(t)
	ctx, release := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer release()
	if _, err := client.Runs.Wait(ctx, "r"); !errors.Is(err, Reason("TIMEOUT")) {
		t.Errorf("%v", err)
	}
}

func TestASignalWithoutAnIDIsSentOnce(t *testing.T) {
	calls := 0
	client := (&fakePlatform{signal: func() error {
		calls++
		return status.Error(codes.Unavailable, "away")
	}}).client(t)
	_, err := client.Runs.Signal(context.Background(), "r", "go", nil, "")
	if !errors.Is(err, Reason("SERVICE_UNAVAILABLE")) || calls != 1 {
		t.Errorf("%v, %d calls", err, calls)
	}
}

func TestEventsGoOnBehindTheLastCursorAndEndWithTheRun(t *testing.T) {
	client := (&fakePlatform{}).client(t)
	got := []string{}
	for update, err := range client.Runs.Events(context.Background(), "r", FollowOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, update.Cursor+" "+update.Name())
	}
	want(t, got, "1 run_started", "2 run_started", "3 run_done")
}

func TestAWorkerThatIsRefusedSaysWhy(t *testing.T) {
	agent := NewAgent(Info{ID: "refused", Version: "1.0.0"}, func(context.Context, *Call, any) (any, error) { return nil, nil })
	worker := NewWorker(agent, WorkerOptions{API: (&fakePlatform{}).listen(t), Log: quiet})
	if err := worker.Run(context.Background()); !errors.Is(err, Reason("INVALID_FIELD")) {
		t.Errorf("%v", err)
	}
	for _, options := range []WorkerOptions{{Concurrency: -1}, {API: "127.0.0.1:8080"}, {Config: map[string]any{"a": make(chan int)}}} {
		options.Log = quiet
		if NewWorker(agent, options).Run(context.Background()) == nil {
			t.Errorf("%v is taken", options)
		}
	}
}

func TestAnAddressOrARunThatIsNoneIsRefused(t *testing.T) {
	for _, api := range []string{"127.0.0.1:8080", "ftp://host", "http://host/api"} {
		if _, err := Connect(ClientOptions{API: api}); err == nil {
			t.Errorf("%s is taken", api)
		}
	}
	client, err := Connect(ClientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, options := range []StartOptions{{}, {Agent: "a", Workflow: "w"}} {
		if _, err := client.Runs.Start(context.Background(), options); err == nil {
			t.Errorf("%v is taken", options)
		}
	}
}
