package skein

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

const defaultAPI = "http://127.0.0.1:8080"

var errAddress = errors.New("skein: the API is the base URL of a platform, such as " + defaultAPI)

// dial is a connection to the base URL of a platform: http in the clear, https with TLS and the system's authorities. It refuses other
// addresses, and a path, which gRPC has no place for. Nothing is sent yet.
func dial(api string, options ...grpc.DialOption) (*grpc.ClientConn, error) {
	base, err := url.Parse(api)
	if err != nil || base.Hostname() == "" || strings.Trim(base.Path, "/") != "" {
		return nil, fmt.Errorf("%w, not %q", errAddress, api)
	}
	secure, port := insecure.NewCredentials(), "80"
	switch base.Scheme {
	case "http":
	case "https":
		secure, port = credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12}), "443"
	default:
		return nil, fmt.Errorf("%w, not %q", errAddress, api)
	}
	if base.Port() != "" {
		port = base.Port()
	}
	sizes := grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessageBytes), grpc.MaxCallSendMsgSize(maxMessageBytes))
	all := append([]grpc.DialOption{grpc.WithTransportCredentials(secure), sizes}, options...)
	return grpc.NewClient("passthrough:///"+net.JoinHostPort(base.Hostname(), port), all...)
}

// withHeaders are sent with every call.
func withHeaders(headers map[string]string) []grpc.DialOption {
	added := func(ctx context.Context) context.Context {
		for name, value := range headers {
			ctx = metadata.AppendToOutgoingContext(ctx, name, value)
		}
		return ctx
	}
	return []grpc.DialOption{
		grpc.WithUnaryInterceptor(func(
			ctx context.Context, method string, request, reply any, connection *grpc.ClientConn,
			invoke grpc.UnaryInvoker, options ...grpc.CallOption,
		) error {
			return invoke(added(ctx), method, request, reply, connection, options...)
		}),
		grpc.WithStreamInterceptor(func(
			ctx context.Context, description *grpc.StreamDesc, connection *grpc.ClientConn, method string,
			stream grpc.Streamer, options ...grpc.CallOption,
		) (grpc.ClientStream, error) {
			return stream(added(ctx), description, connection, method, options...)
		}),
	}
}
