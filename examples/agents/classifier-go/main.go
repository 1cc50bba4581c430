// The ticket classifier as an agent: the generated service of skein/agent/v1, in Go.
package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	pb "skein.dev/examples/classifier-go/internal/skein/agent/v1"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	model, err := loadModel(os.Getenv("CLASSIFIER_MODEL"))
	if err != nil {
		return fmt.Errorf("cannot read CLASSIFIER_MODEL: %w", err)
	}
	address := net.JoinHostPort(cmp.Or(os.Getenv("HOST"), "127.0.0.1"), cmp.Or(os.Getenv("PORT"), "0"))
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	pb.RegisterAgentServiceServer(server, &agent{model: model})
	status := health.NewServer()
	status.SetServingStatus(pb.AgentService_ServiceDesc.ServiceName, grpc_health_v1.HealthCheckResponse_SERVING)
	grpc_health_v1.RegisterHealthServer(server, status)

	stop, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer release()
	go func() {
		<-stop.Done()
		time.AfterFunc(time.Second, server.Stop)
		server.GracefulStop()
	}()
	fmt.Println("READY", listener.Addr())
	return server.Serve(listener)
}
