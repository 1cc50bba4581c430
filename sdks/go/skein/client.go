package skein

import (
	"cmp"
	"context"

	eventlogv1 "skein.dev/go/gen/skein/eventlog/v1"
	schedulerv1 "skein.dev/go/gen/skein/scheduler/v1"
	workflowv1 "skein.dev/go/gen/skein/workflow/v1"

	"google.golang.org/grpc"
)

// ClientOptions say which platform, and whose.
type ClientOptions struct {
	// API is the base URL of the platform. Default: http://127.0.0.1:8080.
	API string
	// Namespace is the tenant. Default: default.
	Namespace string
	// Headers are sent with every call, such as authorization.
	Headers map[string]string
}

// Client is one of one platform in one namespace. It may be used by several goroutines. Everything that it does fails with an Error.
type Client struct {
	// Runs are started, followed and steered.
	Runs *Runs
	// Messages are sent and received.
	Messages *Messages

	namespace  string
	connection *grpc.ClientConn
	workflows  schedulerv1.WorkflowServiceClient
}

// Connect makes a client. Nothing is sent yet; it fails for an address that is none.
func Connect(options ClientOptions) (*Client, error) {
	connection, err := dial(cmp.Or(options.API, defaultAPI), withHeaders(options.Headers)...)
	if err != nil {
		return nil, err
	}
	namespace := cmp.Or(options.Namespace, "default")
	return &Client{
		Runs: &Runs{
			namespace: namespace,
			runs:      schedulerv1.NewRunServiceClient(connection),
			events:    eventlogv1.NewEventServiceClient(connection),
		},
		Messages:   &Messages{namespace: namespace, messages: eventlogv1.NewMessageServiceClient(connection)},
		namespace:  namespace,
		connection: connection,
		workflows:  schedulerv1.NewWorkflowServiceClient(connection),
	}, nil
}

// Connection is for generated clients, for everything that the SDK has no word of its own for. They fail with gRPC's errors.
func (c *Client) Connection() grpc.ClientConnInterface {
	return c.connection
}

// Close closes its connection.
func (c *Client) Close() error {
	return c.connection.Close()
}

// ApplyWorkflow stores a definition, YAML or JSON text. It answers the version that now is the latest.
func (c *Client) ApplyWorkflow(ctx context.Context, source string) (int, error) {
	return c.apply(ctx, &schedulerv1.ApplyWorkflowRequest{
		Namespace:  c.namespace,
		Definition: &schedulerv1.ApplyWorkflowRequest_Source{Source: source},
	})
}

// ApplyDefinition stores a definition that the program has built. It answers the version that now is the latest.
func (c *Client) ApplyDefinition(ctx context.Context, definition *workflowv1.WorkflowDefinition) (int, error) {
	return c.apply(ctx, &schedulerv1.ApplyWorkflowRequest{
		Namespace:  c.namespace,
		Definition: &schedulerv1.ApplyWorkflowRequest_Typed{Typed: definition},
	})
}

func (c *Client) apply(ctx context.Context, request *schedulerv1.ApplyWorkflowRequest) (int, error) {
	answer, err := repeatable(ctx, func() (*schedulerv1.ApplyWorkflowResponse, error) {
		return c.workflows.ApplyWorkflow(ctx, request)
	})
	return int(answer.GetWorkflow().GetVersion()), err
}

// RunWorkflow runs a stored workflow to its end, and puts its output into a variable. It fails with why it did not end well.
func (c *Client) RunWorkflow(ctx context.Context, workflow string, input, output any) error {
	return c.call(ctx, StartOptions{Workflow: workflow, Input: input}, output)
}

// Invoke calls a registered agent, durably, and puts its output into a variable. It fails with why there is none.
func (c *Client) Invoke(ctx context.Context, agent string, input, output any) error {
	return c.call(ctx, StartOptions{Agent: agent, Input: input}, output)
}

func (c *Client) call(ctx context.Context, start StartOptions, output any) error {
	run, err := c.Runs.Start(ctx, start)
	if err == nil && !run.Ended {
		run, err = c.Runs.Wait(ctx, run.ID)
	}
	if err != nil {
		return err
	}
	return run.DecodeOutput(output)
}
