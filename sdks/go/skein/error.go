package skein

import (
	"errors"
	"fmt"
	"time"

	typev1 "skein.dev/go/gen/skein/type/v1"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Reason is a stable word for what went wrong: a value of skein.type.v1.ErrorReason such as RUN_NOT_FOUND, or the code that an agent
// gave. Errors are compared with it: errors.Is(err, skein.Reason("RUN_NOT_FOUND")).
type Reason string

// Error is the word.
func (r Reason) Error() string {
	return string(r)
}

// FieldViolation is one wrong field of a request.
type FieldViolation struct {
	// Field is its path, such as nodes.route.input.
	Field string
	// Description says what is wrong with it.
	Description string
}

// Error is what the platform refused, or why a run failed: one for all.
type Error struct {
	// Code is the gRPC status it came with; Unknown for a run that did not end well.
	Code codes.Code
	// Reason is the stable word.
	Reason Reason
	// Message says for people what went wrong.
	Message string
	// Place says where: a field, an id, an address. Empty: not known.
	Place string
	// Remedy is what would mend it. Empty: not known.
	Remedy string
	// RetryAfter is the least time to wait before a retry. Zero: not said.
	RetryAfter time.Duration
	// Violations are all wrong fields, in the request's order.
	Violations []FieldViolation

	cause error
}

// Error is the reason and the message.
func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s", e.Reason, e.Message)
}

// Is says whether it has this reason.
func (e *Error) Is(target error) bool {
	reason, ok := target.(Reason)
	return ok && reason == e.Reason
}

// Unwrap is what a call came to. Nil: a run did not end well.
func (e *Error) Unwrap() error {
	return e.cause
}

// errorOf is whatever a call came to.
func errorOf(err error) error {
	var known *Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	state, _ := status.FromError(err)
	if ctxState := status.FromContextError(err); state.Code() == codes.Unknown && ctxState.Code() != codes.Unknown {
		state = ctxState
	}
	made := &Error{Code: state.Code(), Reason: defaultReason(state.Code()), Message: state.Message(), cause: err}
	for _, detail := range state.Details() {
		switch it := detail.(type) {
		case *errdetails.ErrorInfo:
			made.Reason = Reason(it.GetReason())
			made.Place, made.Remedy = it.GetMetadata()["place"], it.GetMetadata()["remedy"]
		case *errdetails.RetryInfo:
			made.RetryAfter = it.GetRetryDelay().AsDuration()
		case *errdetails.BadRequest:
			for _, each := range it.GetFieldViolations() {
				made.Violations = append(made.Violations, FieldViolation{each.GetField(), each.GetDescription()})
			}
		}
	}
	return made
}

// errorOfFailure is why a run did not end well.
func errorOfFailure(failure *typev1.Failure) *Error {
	return &Error{
		Code:       codes.Unknown,
		Reason:     Reason(failure.GetCode()),
		Message:    failure.GetMessage(),
		Place:      failure.GetPlace(),
		Remedy:     failure.GetRemedy(),
		RetryAfter: failure.GetRetryAfter().AsDuration(),
	}
}

// defaultReason is for errors made below the platform (a refused connection, a deadline): they can be looked up too.
func defaultReason(code codes.Code) Reason {
	switch code {
	case codes.InvalidArgument:
		return "INVALID_FIELD"
	case codes.DeadlineExceeded:
		return "TIMEOUT"
	case codes.Canceled:
		return "CANCELLED"
	case codes.Unavailable:
		return "SERVICE_UNAVAILABLE"
	}
	return "INTERNAL"
}
