package skein

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync"
	"time"

	workerv1 "skein.dev/go/gen/skein/worker/v1"
)

const (
	defaultConcurrency = 10
	maxConcurrency     = 10_000
)

// WorkerOptions say how an agent dials in.
type WorkerOptions struct {
	// API is the base URL of the platform. Default: http://127.0.0.1:8080.
	API string
	// Namespace is the tenant. Default: default.
	Namespace string
	// Concurrency is how many tasks it takes at once, 1 to 10,000. Default: 10.
	Concurrency int
	// AgentType is a word for its role, at most 64 characters.
	AgentType string
	// Labels are pairs to find it by, at most 64.
	Labels map[string]string
	// Config are settings that it gets with every task, under those of the node: a JSON object of at most 64 KiB.
	Config map[string]any
	// Grace is how long tasks in hand may take after it was told to stop. Default: 30 s.
	Grace time.Duration
	// Log is written to. Default: JSON lines on stderr.
	Log *slog.Logger
}

// Worker is an agent that dials in. It comes back by itself after a broken connection, for as long as it takes, and goes on where it
// was heard.
type Worker struct {
	id         string
	agent      *Agent
	options    WorkerOptions
	registered chan struct{}
	once       sync.Once
}

// NewWorker has an agent dial in, once it runs.
func NewWorker(agent *Agent, options WorkerOptions) *Worker {
	options.API = cmp.Or(options.API, defaultAPI)
	options.Concurrency = cmp.Or(options.Concurrency, defaultConcurrency)
	options.Grace = cmp.Or(options.Grace, defaultGrace)
	options.Log = cmp.Or(options.Log, defaultLog())
	id := agent.info.ID[:min(len(agent.info.ID), 64)] + "." + rand.Text()
	return &Worker{id: id, agent: agent, options: options, registered: make(chan struct{})}
}

// ID is the identity of this worker: new each time.
func (w *Worker) ID() string {
	return w.id
}

// Registered is closed when it is registered for the first time.
func (w *Worker) Registered() <-chan struct{} {
	return w.registered
}

// Run works until the context is done, and then stops in order. It is called once. It fails with an Error where the platform refuses
// it for good, and at once for options that are none.
func (w *Worker) Run(ctx context.Context) error {
	if w.options.Concurrency < 1 || w.options.Concurrency > maxConcurrency {
		return fmt.Errorf("skein: concurrency is 1 to %d, not %d", maxConcurrency, w.options.Concurrency)
	}
	config, err := toStruct(w.options.Config)
	if err != nil {
		return fmt.Errorf("skein: the config is no JSON object: %w", err)
	}
	register := &workerv1.Register{
		Namespace: w.options.Namespace,
		WorkerId:  w.id,
		Card:      w.agent.card(),
		AgentType: w.options.AgentType,
		Labels:    w.options.Labels,
		Config:    config,
	}
	welcomed := func() {
		w.once.Do(func() {
			close(w.registered)
			w.options.Log.Info("registered", "worker_id", w.id, "agent", w.agent.info.ID)
		})
	}
	return newWorkerLoop(w.agent, w.options, register, welcomed).run(ctx)
}
