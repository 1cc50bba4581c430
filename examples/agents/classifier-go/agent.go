package main

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/structpb"

	pb "skein.dev/examples/classifier-go/internal/skein/agent/v1"
)

const (
	agentID = "classifier-agent"
	skillID = "classify"
)

var fieldNames = []string{"subject", "text"}

// agent implements the generated service. Cancel stays UNIMPLEMENTED, as the
// contract allows: a classification is over before it could be cancelled.
type agent struct {
	pb.UnimplementedAgentServiceServer
	model *model
}

func (a *agent) GetCard(context.Context, *pb.GetCardRequest) (*pb.GetCardResponse, error) {
	return &pb.GetCardResponse{Card: &pb.AgentCard{
		AgentId:     agentID,
		Name:        "Ticket classifier",
		Description: "Tells billing, technical and other tickets apart, and says why.",
		Version:     a.model.Version,
		Skills:      []*pb.Skill{{SkillId: skillID, Description: "Finds the category of a support ticket."}},
	}}, nil
}

func (a *agent) Invoke(request *pb.InvokeRequest, stream grpc.ServerStreamingServer[pb.InvokeResponse]) error {
	if skill := request.GetSkillId(); skill != "" && skill != skillID {
		return sendError(stream, "UNKNOWN_SKILL", fmt.Sprintf("there is no skill %s; the one skill is %s", skill, skillID))
	}
	ticket, texts := readTicket(request.GetInput())
	if ticket == nil {
		return sendError(stream, "INVALID_INPUT", "the input must be a text, or an object with the texts subject and text")
	}
	characters := utf8.RuneCountInString(texts["subject"]) + utf8.RuneCountInString(texts["text"])
	state := &pb.StateChange{State: "classifying", Detail: fmt.Sprintf("reading %d characters", characters)}
	if err := stream.Send(&pb.InvokeResponse{Event: &pb.InvokeResponse_State{State: state}}); err != nil {
		return err
	}
	result := &pb.Result{
		Output: structpb.NewStructValue(a.answer(ticket, texts)),
		Metadata: &structpb.Struct{Fields: map[string]*structpb.Value{
			"model":         structpb.NewStringValue(a.model.Name),
			"model_version": structpb.NewStringValue(a.model.Version),
		}},
	}
	return stream.Send(&pb.InvokeResponse{Event: &pb.InvokeResponse_Result{Result: result}})
}

func (a *agent) answer(ticket *structpb.Struct, texts map[string]string) *structpb.Struct {
	found := a.model.classify(texts)
	reasons := &structpb.ListValue{}
	for _, reason := range found.reasons {
		reasons.Values = append(reasons.Values, structpb.NewStringValue(reason))
	}
	return &structpb.Struct{Fields: map[string]*structpb.Value{
		"category":   structpb.NewStringValue(found.category),
		"confidence": structpb.NewNumberValue(found.confidence),
		"reasons":    structpb.NewListValue(reasons),
		"ticket":     structpb.NewStructValue(ticket),
	}}
}

// readTicket gives the input as an object and its texts; nil where there is no text to classify.
func readTicket(input *structpb.Value) (*structpb.Struct, map[string]string) {
	ticket := input.GetStructValue()
	if text, ok := input.GetKind().(*structpb.Value_StringValue); ok {
		ticket = &structpb.Struct{Fields: map[string]*structpb.Value{"text": structpb.NewStringValue(text.StringValue)}}
	}
	texts := map[string]string{}
	all := ""
	for _, name := range fieldNames {
		field, present := ticket.GetFields()[name]
		if _, ok := field.GetKind().(*structpb.Value_StringValue); present && !ok {
			return nil, nil
		}
		texts[name] = field.GetStringValue()
		all += texts[name]
	}
	if strings.Trim(all, " \t\r\n") == "" {
		return nil, nil
	}
	return ticket, texts
}

// sendError ends an invocation with a failure that no repetition mends.
func sendError(stream grpc.ServerStreamingServer[pb.InvokeResponse], code, message string) error {
	failure := &pb.InvokeError{Code: code, Message: message, Retryable: false}
	return stream.Send(&pb.InvokeResponse{Event: &pb.InvokeResponse_Error{Error: failure}})
}
