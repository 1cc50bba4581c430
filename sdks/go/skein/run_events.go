package skein

import (
	"context"
	"errors"
	"iter"
	"time"

	eventv1 "skein.dev/go/gen/skein/event/v1"
	eventlogv1 "skein.dev/go/gen/skein/eventlog/v1"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/reflect/protoreflect"
)

const (
	firstFollowPause    = 50 * time.Millisecond
	longestFollowPause  = 2 * time.Second
	maxTriesWithoutNews = 8
)

// FollowOptions say how a run is followed.
type FollowOptions struct {
	// Cursor is that of the last update that is known. Default: from the first event.
	Cursor string
	// TaskEvents: streamed text and progress of agents are wanted too.
	TaskEvents bool
}

// Update is one thing that happened: one of the three that are there.
type Update struct {
	// Cursor is where to go on after it.
	Cursor string
	// RunEvent is an event of the run.
	RunEvent *eventv1.RunEvent
	// TaskEvent is what happened within one of its tasks.
	TaskEvent *eventv1.TaskEvent
	// StreamReset is the word that a node streams anew.
	StreamReset *eventlogv1.StreamReset
}

// Name is such as run_started, agent_stream_delta or stream_reset.
func (u *Update) Name() string {
	var message protoreflect.Message
	switch {
	case u.RunEvent != nil:
		message = u.RunEvent.ProtoReflect()
	case u.TaskEvent != nil:
		message = u.TaskEvent.ProtoReflect()
	default:
		return "stream_reset"
	}
	which := message.WhichOneof(message.Descriptor().Oneofs().ByName("event"))
	if which == nil {
		return "" // One of a newer platform.
	}
	return string(which.Name())
}

func (u *Update) isLast() bool {
	if u.RunEvent == nil {
		return false
	}
	switch u.Name() {
	case "run_done", "run_failed", "run_cancelled", "run_terminated":
		return true
	}
	return false
}

// followRun follows the events of one run.
//
// E1. What is handed out has no gap and no repeat: a broken stream goes on behind the last cursor.
// E2. It ends with the run's last event.
func followRun(
	ctx context.Context, events eventlogv1.EventServiceClient, namespace, runID string, options FollowOptions,
) iter.Seq2[*Update, error] {
	return func(yield func(*Update, error) bool) {
		cursor, tries := options.Cursor, 0
		for {
			request := &eventlogv1.SubscribeEventsRequest{
				Namespace:         namespace,
				RunId:             runID,
				Cursor:            cursor,
				IncludeTaskEvents: options.TaskEvents,
			}
			over, err := subscribe(ctx, events, request, func(update *Update) bool {
				cursor, tries = update.Cursor, 0
				return update.isKeepAlive() || yield(update, nil)
			})
			if over {
				return
			}
			if err != nil && (ctx.Err() != nil || !isTransient(err) || tries >= maxTriesWithoutNews) {
				yield(nil, errorOf(err))
				return
			}
			tries++
			if err := sleep(ctx, min(longestFollowPause, firstFollowPause<<tries)); err != nil {
				yield(nil, errorOf(err))
				return
			}
		}
	}
}

func (u *Update) isKeepAlive() bool {
	return u.RunEvent == nil && u.TaskEvent == nil && u.StreamReset == nil
}

// subscribe is one stream. Over: nothing more is wanted, or the run has ended.
func subscribe(
	parent context.Context, events eventlogv1.EventServiceClient, request *eventlogv1.SubscribeEventsRequest,
	heard func(*Update) bool,
) (over bool, err error) {
	ctx, leave := context.WithCancel(parent)
	defer leave()
	stream, err := events.SubscribeEvents(ctx, request)
	if err != nil {
		return false, err
	}
	for {
		response, err := stream.Recv()
		if err != nil {
			return false, brokenBy(err)
		}
		update := &Update{
			Cursor:      response.GetCursor(),
			RunEvent:    response.GetRunEvent(),
			TaskEvent:   response.GetTaskEvent(),
			StreamReset: response.GetStreamReset(),
		}
		if update.Cursor == "" {
			update.Cursor = request.GetCursor()
		}
		request.Cursor = update.Cursor
		if !heard(update) || update.isLast() {
			return true, nil
		}
	}
}

func isTransient(err error) bool {
	var known *Error
	if !errors.As(errorOf(err), &known) {
		return false
	}
	switch known.Code {
	case codes.Unavailable, codes.Unknown, codes.Aborted, codes.Internal:
		return true
	}
	return false
}
