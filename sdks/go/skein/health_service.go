package skein

import (
	"context"

	agentv1 "skein.dev/go/gen/skein/agent/v1"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// healthService is the standard one: serving until stop. Whoever watches is told of the stop; then the watch ends, so that it does not
// hold up the stop.
type healthService struct {
	grpc_health_v1.UnimplementedHealthServer
	stopping context.Context
	stop     context.CancelFunc
}

func newHealthService() *healthService {
	stopping, stop := context.WithCancel(context.Background())
	return &healthService{stopping: stopping, stop: stop}
}

func (h *healthService) Check(_ context.Context, request *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	answer := h.answer(request.GetService())
	if answer.GetStatus() == grpc_health_v1.HealthCheckResponse_SERVICE_UNKNOWN {
		return nil, status.Errorf(codes.NotFound, "no service %s here", request.GetService())
	}
	return answer, nil
}

func (h *healthService) Watch(
	request *grpc_health_v1.HealthCheckRequest,
	stream grpc.ServerStreamingServer[grpc_health_v1.HealthCheckResponse],
) error {
	if err := stream.Send(h.answer(request.GetService())); err != nil {
		return err
	}
	select {
	case <-stream.Context().Done():
		return status.FromContextError(stream.Context().Err()).Err()
	case <-h.stopping.Done():
		return stream.Send(h.answer(request.GetService()))
	}
}

func (h *healthService) answer(service string) *grpc_health_v1.HealthCheckResponse {
	word := grpc_health_v1.HealthCheckResponse_SERVING
	if service != "" && service != agentv1.AgentService_ServiceDesc.ServiceName {
		word = grpc_health_v1.HealthCheckResponse_SERVICE_UNKNOWN
	} else if h.stopping.Err() != nil {
		word = grpc_health_v1.HealthCheckResponse_NOT_SERVING
	}
	return &grpc_health_v1.HealthCheckResponse{Status: word}
}
