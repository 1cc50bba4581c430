package skein

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// Service is a server or a worker.
type Service interface {
	// Run works until the context is done, and then stops in order: no more work comes, what is in hand is answered, the rest is cut
	// after its grace. Nil: it stopped so.
	Run(ctx context.Context) error
}

// Main runs services until SIGINT or SIGTERM, or until one of them fails; then the others stop too, and the process ends with code 1.
func Main(services ...Service) {
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer release()
	if err := runAll(ctx, services); err != nil {
		defaultLog().Error("stopped", "error", err)
		os.Exit(1)
	}
}

func runAll(parent context.Context, services []Service) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	errs := make([]error, len(services))
	var running sync.WaitGroup
	for at, service := range services {
		running.Go(func() {
			if errs[at] = service.Run(ctx); errs[at] != nil {
				cancel()
			}
		})
	}
	running.Wait()
	return errors.Join(errs...)
}

// defaultLog writes one JSON object a line to stderr, where an agent's log belongs.
func defaultLog() *slog.Logger {
	return slog.New(slog.NewJSONHandler(os.Stderr, nil))
}
