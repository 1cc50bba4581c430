package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	workflowv1 "skein.dev/go/gen/skein/workflow/v1"
	"skein.dev/go/skein"
)

var refund = &workflowv1.WorkflowDefinition{
	Id: "refund",
	Nodes: []*workflowv1.NodeDefinition{{
		Id:   "pay",
		Type: &workflowv1.NodeDefinition_Agent{Agent: &workflowv1.AgentNode{AgentId: "refunder"}},
	}},
}

func run(ctx context.Context) error {
	client, err := skein.Connect(skein.ClientOptions{API: os.Getenv("SKEIN_API_URL")})
	if err != nil {
		return err
	}
	defer client.Close()

	var said string
	if err := client.Invoke(ctx, "refunder", map[string]any{"subject": "shoes", "amount": 20}, &said); err != nil {
		return err
	}
	fmt.Println(said)

	if _, err := client.ApplyDefinition(ctx, refund); err != nil {
		return err
	}
	input := map[string]any{"subject": "a car", "amount": 9000}
	started, err := client.Runs.Start(ctx, skein.StartOptions{Workflow: "refund", Input: input})
	if err != nil {
		return err
	}
	for update, err := range client.Runs.Events(ctx, started.ID, skein.FollowOptions{}) {
		if err != nil {
			return err
		}
		fmt.Println(update.Name())
		if update.Name() == "input_required" {
			if _, err := client.Runs.Answer(ctx, started.ID, false, skein.WhichQuestion{}); err != nil {
				return err
			}
		}
	}
	ended, err := client.Runs.Wait(ctx, started.ID)
	if err != nil {
		return err
	}
	fmt.Println(ended.State, ended.Err)

	draft := map[string]any{"draft": 3}
	sent, err := client.Messages.Send(ctx, draft, skein.SendOptions{ToAgent: "writer", FromAgent: "editor"})
	if err != nil {
		return err
	}
	received, err := client.Messages.Receive(ctx, skein.ReceiveOptions{AgentID: "writer"})
	if err != nil {
		return err
	}
	for _, message := range received.Messages {
		fmt.Println(message.Payload, sent.Created)
		if _, err := client.Messages.Acknowledge(ctx, message.ID); err != nil {
			return err
		}
	}

	_, err = client.Runs.Get(ctx, "01900000-0000-7000-8000-000000000000")
	if errors.Is(err, skein.Reason("RUN_NOT_FOUND")) {
		fmt.Println(err)
		return nil
	}
	return err
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}
