// Sample is an agent that does what a test asks for, called ("serve") or dialling in ("work"): the same one as in the other languages.
package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"skein.dev/go/skein"
)

const (
	words     = 60
	wordPause = 20 * time.Millisecond
)

var agentID = cmp.Or(os.Getenv("AGENT_ID"), "sample")

func sample(ctx context.Context, call *skein.Call, text string) (any, error) {
	fmt.Printf("begun %.16s %d\n", text, call.Attempt)
	call.Delta("…")
	switch text {
	case "slow":
		<-ctx.Done()
		fmt.Println("stopped", text)
		return nil, context.Cause(ctx)
	case "fail":
		return nil, &skein.AgentError{Code: "NEGATIVE", Message: "give me more", Details: map[string]any{"n": -1}}
	case "flaky":
		if call.Attempt > 1 {
			return call.ResumeDetails, nil
		}
		if err := call.Progress(map[string]int{"page": 7}); err != nil {
			return nil, err
		}
		return nil, &skein.AgentError{Code: "FLAKY", Retryable: true, RetryAfter: 10 * time.Millisecond}
	case "ask":
		if call.Answer == nil {
			schema, state := map[string]any{"type": "string"}, map[string]string{"item": "shirt"}
			return nil, &skein.Question{Message: "Which size?", Schema: schema, State: state}
		}
		return map[string]any{"size": call.Answer.Value, "state": call.Answer.State, "turn": call.Answer.Turn}, nil
	case "trace":
		return call.Traceparent, nil
	case "child":
		return child(ctx, call)
	}
	if strings.HasPrefix(text, "speak") {
		for word := range words {
			call.Delta(fmt.Sprintf("%s%d ", text, word))
			time.Sleep(wordPause)
		}
	}
	return fmt.Sprintf("%.16s %d %s", text, utf8.RuneCountInString(text), call.IdempotencyKey), nil
}

// child asks the same agent something else, in a run of its own below the one of the call.
func child(ctx context.Context, call *skein.Call) (any, error) {
	client, err := skein.Connect(skein.ClientOptions{API: os.Getenv("SKEIN_API_URL")})
	if err != nil {
		return nil, err
	}
	defer client.Close()
	run, err := client.Runs.Start(ctx, skein.StartOptions{Agent: agentID, Input: "hi", RunToken: call.RunToken})
	if err != nil {
		return nil, err
	}
	if run, err = client.Runs.Wait(ctx, run.ID); err != nil {
		return nil, err
	}
	var output any
	err = run.DecodeOutput(&output)
	return output, err
}

func main() {
	agent := skein.NewAgent(skein.Info{ID: agentID, Version: "1.0.0"}, sample)
	if len(os.Args) > 1 && os.Args[1] == "work" {
		skein.Main(skein.NewWorker(agent, skein.WorkerOptions{API: os.Getenv("SKEIN_API_URL"), Concurrency: 5}))
		return
	}
	skein.Main(skein.NewServer(agent, skein.ServerOptions{Address: "127.0.0.1:" + os.Getenv("PORT")}))
}
