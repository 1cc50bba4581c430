package skein

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc/codes"
)

const (
	maxTries      = 5
	firstTryPause = 100 * time.Millisecond
)

// once makes a call once. It fails with an Error.
func once[Answer any](call func() (Answer, error)) (Answer, error) {
	answer, err := call()
	return answer, errorOf(err)
}

// repeatable makes a call that may be made twice; again, at most four times, where the platform was not reached. It fails with an
// Error.
func repeatable[Answer any](ctx context.Context, call func() (Answer, error)) (Answer, error) {
	for tries := 1; ; tries++ {
		answer, err := once(call)
		var known *Error
		if !errors.As(err, &known) || tries == maxTries || (known.Code != codes.Unavailable && known.Code != codes.Aborted) {
			return answer, err
		}
		pause := known.RetryAfter
		if pause == 0 {
			pause = firstTryPause << (tries - 1)
		}
		if sleep(ctx, pause) != nil {
			return answer, err
		}
	}
}

// sleep fails where the context is done before.
func sleep(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
