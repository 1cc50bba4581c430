package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"skein.dev/go/skein"
)

type ticket struct {
	Subject string  `json:"subject"`
	Amount  float64 `json:"amount,omitempty"`
}

func refund(_ context.Context, call *skein.Call, ticket ticket) (string, error) {
	if ticket.Amount > 100 && call.Answer == nil {
		message := fmt.Sprintf("Refund %g for %s?", ticket.Amount, ticket.Subject)
		return "", &skein.Question{Message: message, Schema: map[string]any{"type": "boolean"}}
	}
	if call.Answer != nil && call.Answer.Value == false {
		return "", &skein.AgentError{Code: "REFUSED", Message: "somebody said no"}
	}
	node := strings.Split(call.IdempotencyKey, "/")[1]
	return fmt.Sprintf("refunded %g, once, under %s", ticket.Amount, node), nil
}

func main() {
	refunder := skein.NewAgent(skein.Info{ID: "refunder", Version: "1.0.0"}, refund)
	skein.Main(skein.NewWorker(refunder, skein.WorkerOptions{API: os.Getenv("SKEIN_API_URL")}))
}
