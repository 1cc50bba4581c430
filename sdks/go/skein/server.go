package skein

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	agentv1 "skein.dev/go/gen/skein/agent/v1"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"
)

const (
	defaultGrace = 30 * time.Second
	// Inputs of 1 MiB that are lists of numbers take eleven times that on the wire.
	maxMessageBytes = 16 * 1024 * 1024
	// Calls that are told to end are given so long to say so.
	lastWords = time.Second
)

// ServerOptions say where and how an agent is served.
type ServerOptions struct {
	// Address to listen at. Default: 127.0.0.1:0, a free port. In a container: 0.0.0.0 and a port.
	Address string
	// Grace is how long calls under way may take after it was told to stop. Default: 30 s.
	Grace time.Duration
	// Log is written to. Default: JSON lines on stderr.
	Log *slog.Logger
}

// Server is an agent that is called: a gRPC server with the agent contract and the standard health service. It owns the port and the
// attempts. A stop refuses new calls, lets those under way end, then cuts them.
type Server struct {
	agent   *Agent
	options ServerOptions
	ready   chan struct{}
	once    sync.Once
	address string
}

// NewServer has an agent take calls, once it runs.
func NewServer(agent *Agent, options ServerOptions) *Server {
	options.Address = cmp.Or(options.Address, "127.0.0.1:0")
	options.Grace = cmp.Or(options.Grace, defaultGrace)
	options.Log = cmp.Or(options.Log, defaultLog())
	return &Server{agent: agent, options: options, ready: make(chan struct{})}
}

// Ready is closed when it listens.
func (s *Server) Ready() <-chan struct{} {
	return s.ready
}

// Address is host:port, to be registered, once it is ready.
func (s *Server) Address() string {
	<-s.ready
	return s.address
}

// Run serves until the context is done, and then stops in order. It is called once. It fails where the address is taken.
func (s *Server) Run(ctx context.Context) error {
	listener, err := net.Listen("tcp", s.options.Address)
	if err != nil {
		return err
	}
	attempts, health := newAgentService(s.agent, s.options.Log), newHealthService()
	server := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessageBytes))
	agentv1.RegisterAgentServiceServer(server, attempts)
	grpc_health_v1.RegisterHealthServer(server, health)
	s.once.Do(func() {
		s.address = listener.Addr().String()
		close(s.ready)
	})
	s.options.Log.Info("listening", "address", s.address, "agent", s.agent.info.ID)

	stopped := context.AfterFunc(ctx, func() {
		health.stop()
		cut := time.AfterFunc(s.options.Grace, func() { attempts.abortAll("the agent stops") })
		end := time.AfterFunc(s.options.Grace+lastWords, server.Stop)
		server.GracefulStop()
		cut.Stop()
		end.Stop()
	})
	defer stopped()
	// It returns when the stop is over.
	if err := server.Serve(listener); !errors.Is(err, grpc.ErrServerStopped) {
		return err
	}
	return nil
}
